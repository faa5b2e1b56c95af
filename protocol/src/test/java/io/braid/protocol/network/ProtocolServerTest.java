package io.braid.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.protocol.Frames;
import io.braid.protocol.records.FetchedRecords;
import io.braid.protocol.records.FileSource;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtocolServerTest {
    private static final byte[] METADATA_BODY = {0, 0, 0, 0};

    private static byte[] apiVersions(int correlationId) {
        return Frames.request(ApiKeys.API_VERSIONS, (short) 0, correlationId, new ApiVersionsRequestData());
    }

    private static byte[] metadata(int correlationId) {
        return Frames.request(ApiKeys.METADATA, (short) 1, correlationId, "c", METADATA_BODY);
    }

    private static byte[] produce(int correlationId, int recordBytes) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(100);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName("t")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setRecords(MemoryRecords.readableRecords(ByteBuffer.allocate(recordBytes))))));
        return Frames.request(ApiKeys.PRODUCE, (short) 9, correlationId, request);
    }

    private static byte[] fetch(int correlationId) {
        return Frames.request(ApiKeys.FETCH, (short) 12, correlationId, new FetchRequestData());
    }

    /** An answer to what the tests send. */
    private static ApiMessage answer(RequestContext request) {
        return switch (ApiKeys.forId(request.apiKey())) {
            case API_VERSIONS -> Frames.everything().apiVersionsResponse();
            case METADATA -> new MetadataResponseData();
            case PRODUCE -> new ProduceResponseData();
            case FETCH -> new FetchResponseData();
            default -> throw new IllegalArgumentException(request.toString());
        };
    }

    private static void answerAtOnce(RequestContext request) {
        request.reply(answer(request));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce);
                RawClient client = server.connect()) {
            for (int i = 0; i < 500; i++) {
                client.send(i % 2 == 0 ? metadata(i) : apiVersions(i));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(client.receive().orElseThrow().getInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void answersLeaveInOrderWhicheverThreadGivesThemWhenever() throws Exception {
        List<RequestContext> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(held::add);
                RawClient client = server.connect()) {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 30; i++) {
                    client.send(metadata(i));
                }
                TestServer.await("requests", () -> held.size() == 30);
                List<RequestContext> shuffled = new ArrayList<>(held);
                held.clear();
                Collections.shuffle(shuffled, new Random(round));
                shuffled.parallelStream().forEach(ProtocolServerTest::answerAtOnce);
                for (int i = 0; i < 30; i++) {
                    assertThat(client.receive().orElseThrow().getInt()).isEqualTo(i);
                }
            }
            TestServer.await("counts", () -> server.completed.get() == 600);
        }
    }

    @Test
    void requestWithoutAnswerDoesNotHoldUpTheNext() throws Exception {
        try (TestServer server = new TestServer(request -> {
                    if (request.apiKey() == ApiKeys.PRODUCE.id) {
                        request.replyNothing();
                    } else {
                        answerAtOnce(request);
                    }
                });
                RawClient client = server.connect()) {
            client.send(produce(1, 100));
            client.send(metadata(2));
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(2);
            assertThat(server.config.inFlightBytes().usedBytes()).isZero();
        }
    }

    @Test
    void requestAnsweredTwiceIsAnErrorOfTheHandler() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer(requests::add);
                RawClient client = server.connect()) {
            client.send(metadata(1));
            RequestContext request = requests.take();
            answerAtOnce(request);
            assertThatThrownBy(() -> answerAtOnce(request)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(request::replyNothing).isInstanceOf(IllegalStateException.class);
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(1);
        }
    }

    @Test
    void requestTellsWhereItCameFrom() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer(requests::add);
                RawClient client = server.connect()) {
            client.send(metadata(1));
            RequestContext request = requests.take();
            assertThat(request.listener()).isEqualTo("TEST");
            assertThat(request.principal()).hasToString("User:ANONYMOUS");
            assertThat(request.clientId()).isEqualTo("c");
            assertThat(request.sizeBytes()).isEqualTo(metadata(1).length);
            assertThat(request.remoteAddress().getPort())
                    .isEqualTo(client.socket().getLocalPort());
            request.connection().put("software");
            assertThat(request.connection().get(String.class)).contains("software");

            AtomicInteger ended = new AtomicInteger();
            request.connection().onClose(ended::incrementAndGet);
            client.socket().close();
            TestServer.await(
                    "close", () -> ended.get() == 1 && request.connection().closed());
            request.connection().onClose(ended::incrementAndGet);
            assertThat(ended).hasValue(2);
            answerAtOnce(request); // is dropped
        }
    }

    @Test
    void whatIsNotAFrameClosesTheConnectionAndNoOther() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce);
                RawClient other = server.connect()) {
            List<byte[]> inputs = new ArrayList<>();
            inputs.add("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            for (int length : new int[] {0x7fffffff, 101 << 20, -1, Integer.MIN_VALUE, 0, 5}) {
                inputs.add(ByteBuffer.allocate(1004).putInt(length).array());
            }
            for (int[] keyVersion : new int[][] {{9999, 0}, {-5, 0}, {3, 99}, {0, -1}, {1, 0x7fff}, {10000, 0}}) {
                inputs.add(ByteBuffer.allocate(34)
                        .putInt(30)
                        .putShort((short) keyVersion[0])
                        .putShort((short) keyVersion[1])
                        .putInt(1)
                        .putShort((short) 0)
                        .array());
            }
            for (byte[] input : inputs) {
                int violations = server.violations.size();
                try (RawClient client = server.connect()) {
                    client.sendRaw(input);
                    assertThat(client.isClosedByServer()).isTrue();
                }
                TestServer.await("one reason", () -> server.violations.size() == violations + 1);
            }
            other.send(metadata(3));
            assertThat(other.receive().orElseThrow().getInt()).isEqualTo(3);
            TestServer.await("closed", () -> server.server.connectionCount() == 1);
            assertThat(server.config.inFlightBytes().usedBytes()).isZero();
        }
    }

    @Test
    void requestsBeforeGarbageAreAnswered() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce);
                RawClient client = server.connect()) {
            ByteBuffer bytes = ByteBuffer.allocate(100);
            bytes.putInt(metadata(8).length).put(metadata(8)).putInt(-1);
            client.sendRaw(bytes.array());
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(8);
            assertThat(client.receive()).isEmpty();
        }
    }

    @Test
    void randomInputNeverStopsTheServer() throws Exception {
        Random random = new Random(5);
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce)) {
            for (int i = 0; i < 150; i++) {
                byte[] garbage = new byte[1 + random.nextInt(3000)];
                random.nextBytes(garbage);
                garbage[0] = i % 3 == 0 ? garbage[0] : 0;
                garbage[1 % garbage.length] = 0;
                try (RawClient client = server.connect()) {
                    client.sendRaw(garbage);
                } catch (IOException e) {
                    assertThat(e).isNotNull(); // closed while we were sending
                }
            }
            TestServer.await("closed", () -> server.server.connectionCount() == 0 && server.closed.get() == 150);
            try (RawClient client = server.connect()) {
                client.send(metadata(1));
                assertThat(client.receive()).isPresent();
            }
            assertThat(server.config.inFlightBytes().usedBytes()).isZero();
        }
    }

    @Test
    void unknownVersionOfApiVersionsIsAnsweredAndTheConnectionStays() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce);
                RawClient client = server.connect()) {
            byte[] frame = Frames.request(ApiKeys.API_VERSIONS, (short) 4, 5, "c", new byte[] {1, 1, 0});
            ByteBuffer.wrap(frame).putShort(2, (short) 127);
            client.send(frame);
            ByteBuffer answer = client.receive().orElseThrow();
            assertThat(answer.getInt()).isEqualTo(5);
            ApiVersionsResponseData body = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
            assertThat(body.errorCode()).isEqualTo((short) 35);
            assertThat(body.apiKeys().find(ApiKeys.API_VERSIONS.id)).isNotNull();
            client.send(apiVersions(6));
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(6);
        }
    }

    @Test
    void oneByteAtATimeIsARequestToo() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce);
                RawClient client = server.connect()) {
            byte[] frame = metadata(77);
            for (byte b : ByteBuffer.allocate(4 + frame.length)
                    .putInt(frame.length)
                    .put(frame)
                    .array()) {
                client.sendRaw(new byte[] {b});
            }
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(77);
        }
    }

    @Test
    void halfClosedConnectionGetsWhatWasAskedBefore() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce);
                RawClient client = server.connect()) {
            client.send(metadata(3));
            client.socket().shutdownOutput();
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(3);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void peerThatReadsNothingIsNoLongerRead() throws Exception {
        ServerConfig config = TestServer.CONFIG.withInFlight(64, 1 << 20, 64 << 10, new InFlightBytes(1 << 20));
        try (TestServer server = new TestServer(config, Frames.everything(), ProtocolServerTest::answerAtOnce);
                RawClient client = new RawClient(server.server.localAddress(), 4096)) {
            ByteBuffer frames = ByteBuffer.allocate(1000 * (4 + apiVersions(0).length));
            for (int i = 0; i < 1000; i++) {
                frames.putInt(apiVersions(i).length).put(apiVersions(i));
            }
            byte[] burst = frames.array();
            AtomicInteger sent = new AtomicInteger();
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        client.sendRaw(burst);
                        sent.addAndGet(1000);
                    }
                } catch (IOException e) {
                    sent.set(-1);
                }
            });
            sender.start();
            TestServer.await("pause", () -> server.pauses.get() > 0);
            int answered = server.received.get();
            try (RawClient other = server.connect()) {
                other.send(metadata(1));
                assertThat(other.receive()).isPresent();
            }
            for (int i = 0; i < 100_000; i++) { // nothing was lost when it reads after all
                assertThat(client.receive().orElseThrow().getInt()).isEqualTo(i % 1000);
            }
            sender.join();
            assertThat(answered).isLessThan(100_000);
            assertThat(sent).hasValue(100_000);
        }
    }

    @Test
    void connectionWithManyRequestsInFlightIsNotReadOn() throws Exception {
        List<RequestContext> held = Collections.synchronizedList(new ArrayList<>());
        ServerConfig config = TestServer.CONFIG.withInFlight(10, 1 << 20, 1 << 20, new InFlightBytes(1 << 20));
        try (TestServer server = new TestServer(config, Frames.everything(), held::add);
                RawClient client = server.connect()) {
            for (int i = 0; i < 35; i++) {
                client.send(metadata(i));
            }
            TestServer.await("pause", () -> server.pauses.get() > 0);
            int answered = 0;
            while (answered < 35) {
                int seen = answered;
                TestServer.await("a request", () -> held.size() > seen);
                assertThat(server.received.get() - answered).isLessThanOrEqualTo(10);
                answerAtOnce(held.get(answered));
                assertThat(client.receive().orElseThrow().getInt()).isEqualTo(answered);
                answered++;
            }
        }
    }

    @Test
    void bytesInFlightOfAllConnectionsAreCapped() throws Exception {
        List<RequestContext> held = Collections.synchronizedList(new ArrayList<>());
        InFlightBytes inFlight = new InFlightBytes(100_000);
        ServerConfig config = TestServer.CONFIG.withInFlight(64, 1 << 20, 1 << 20, inFlight);
        try (TestServer server = new TestServer(config, Frames.everything(), held::add)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(server.connect());
                clients.get(i).send(produce(i, 10_000));
            }
            TestServer.await("the cap", inFlight::full);
            assertThat(held.size()).isLessThan(20);
            for (int i = 0; i < 20; i++) {
                int seen = i;
                TestServer.await("request", () -> held.size() > seen);
                answerAtOnce(held.get(i));
            }
            for (RawClient client : clients) {
                assertThat(client.receive()).isPresent();
                client.socket().close();
            }
            TestServer.await("release", () -> inFlight.usedBytes() == 0);
        }
    }

    @Test
    void idleConnectionsAndStuckFramesAreClosed() throws Exception {
        ServerConfig config = TestServer.CONFIG.withTimeouts(Duration.ofMillis(200), Duration.ofMillis(100));
        List<RequestContext> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(config, Frames.everything(), held::add);
                RawClient idle = server.connect();
                RawClient stuck = server.connect();
                RawClient waiting = server.connect()) {
            stuck.sendRaw(new byte[] {0, 0});
            waiting.send(metadata(4));
            assertThat(stuck.isClosedByServer()).isTrue();
            assertThat(idle.isClosedByServer()).isTrue();
            TestServer.await("request", () -> held.size() == 1);
            answerAtOnce(held.get(0)); // its connection is not idle
            assertThat(waiting.receive().orElseThrow().getInt()).isEqualTo(4);
            assertThat(server.violations).hasSize(1);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreRefused() throws Exception {
        try (TestServer server = new TestServer(
                        TestServer.CONFIG.withMaxConnections(2),
                        Frames.everything(),
                        ProtocolServerTest::answerAtOnce);
                RawClient first = server.connect();
                RawClient second = server.connect()) {
            first.send(metadata(1));
            second.send(metadata(2));
            assertThat(first.receive()).isPresent();
            assertThat(second.receive()).isPresent();
            try (RawClient third = server.connect()) {
                assertThat(third.isClosedByServer()).isTrue();
            }
            assertThat(server.refused).hasValue(1);
            first.socket().close();
            TestServer.await("room", () -> server.server.connectionCount() == 1);
            try (RawClient fourth = server.connect()) {
                fourth.send(metadata(4));
                assertThat(fourth.receive()).isPresent();
            }
        }
    }

    @Test
    void thousandsOfIdleConnectionsHoldNothing() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce)) {
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 2000; i++) {
                    sockets.add(new Socket(
                            InetAddress.getLoopbackAddress(),
                            server.server.localAddress().getPort()));
                }
                TestServer.await("accepted", () -> server.opened.get() == 2000);
                try (RawClient client = server.connect()) {
                    client.send(metadata(1));
                    assertThat(client.receive()).isPresent();
                }
                assertThat(server.config.inFlightBytes().usedBytes()).isZero();
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            TestServer.await("closed", () -> server.server.connectionCount() == 0);
        }
    }

    @Test
    void handlerThatThrowsEndsItsConnectionOnly() throws Exception {
        try (TestServer server = new TestServer(request -> {
                    if (request.correlationId() == 13) {
                        throw new IllegalStateException("a bug");
                    }
                    answerAtOnce(request);
                });
                RawClient client = server.connect();
                RawClient other = server.connect()) {
            client.send(metadata(13));
            assertThat(client.isClosedByServer()).isTrue();
            other.send(metadata(14));
            assertThat(other.receive()).isPresent();
        }
    }

    @Test
    void responseThatCannotBeWrittenEndsTheConnection() throws Exception {
        try (TestServer server = new TestServer(request -> request.reply(
                        new MetadataResponseData().setClusterId("x").setBrokers(null)));
                RawClient client = server.connect()) {
            client.send(metadata(1));
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void closingLetsRequestsInFlightFinish() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        TestServer server = new TestServer(requests::add);
        try (RawClient client = server.connect()) {
            client.send(metadata(1));
            RequestContext request = requests.take();
            Thread closer = new Thread(server::close);
            closer.start();
            TestServer.await("no more accepted", () -> !canConnect(server.server.localAddress()));
            assertThat(closer.isAlive()).isTrue();
            answerAtOnce(request);
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(1);
            assertThat(client.isClosedByServer()).isTrue();
            closer.join(8000);
            assertThat(closer.isAlive()).isFalse();
        }
    }

    @Test
    void closingDoesNotWaitForEverForAnAnswer() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        TestServer server = new TestServer(requests::add);
        try (RawClient client = server.connect()) {
            client.send(metadata(1));
            RequestContext request = requests.take();
            server.server.close(Duration.ofMillis(20));
            assertThat(client.isClosedByServer()).isTrue();
            server.close();
            answerAtOnce(request); // nobody is there any more
        }
    }

    private static boolean canConnect(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void takenPortIsAnErrorThatNamesIt() throws Exception {
        try (TestServer server = new TestServer(ProtocolServerTest::answerAtOnce)) {
            int port = server.server.localAddress().getPort();
            assertThatThrownBy(() -> ProtocolServer.bind(
                            ServerConfig.of("X", "127.0.0.1", port),
                            Frames.everything(),
                            server.group,
                            ProtocolServerTest::answerAtOnce,
                            NetworkListener.NONE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }
    }

    // ---- records in answers

    /** A file of the test's that counts who holds it. */
    private static final class CountedFile implements FileSource {
        private final FileChannel channel;
        private final AtomicInteger references = new AtomicInteger();

        CountedFile(Path path) throws IOException {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        }

        @Override
        public FileChannel channel() {
            return channel;
        }

        @Override
        public void retain() {
            references.incrementAndGet();
        }

        @Override
        public void release() {
            references.decrementAndGet();
        }
    }

    private static FetchResponseData fetched(FetchedRecords... partitions) {
        List<FetchResponseData.PartitionData> answers = new ArrayList<>();
        for (FetchedRecords records : partitions) {
            answers.add(new FetchResponseData.PartitionData().setRecords(records));
        }
        FetchResponseData response = new FetchResponseData();
        response.responses()
                .add(new FetchResponseData.FetchableTopicResponse()
                        .setTopic("t")
                        .setPartitions(answers));
        return response;
    }

    private static FetchedRecords.Part range(CountedFile file, long position, int length) {
        file.retain();
        return new FetchedRecords.FileRange(file, position, length);
    }

    private static FetchedRecords.Part bytes(byte[] content, int from, int length) {
        return new FetchedRecords.Bytes(
                PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(content, from, length));
    }

    @Test
    void filesAndBuffersArriveWholeAlsoWithASlowReader(@TempDir Path dir) throws Exception {
        byte[] content = new byte[8 << 20];
        new Random(1).nextBytes(content);
        CountedFile file = new CountedFile(Files.write(dir.resolve("segment"), content));
        try (TestServer server = new TestServer(request -> request.reply(fetched(
                        FetchedRecords.of(List.of(
                                range(file, 0, 3 << 20),
                                bytes(content, 3 << 20, 1 << 20),
                                range(file, 4 << 20, 4 << 20))),
                        FetchedRecords.of(List.of(bytes(content, 100, 50), bytes(content, 150, 0))),
                        FetchedRecords.EMPTY,
                        FetchedRecords.of(List.of(range(file, 200, 10))))));
                RawClient client = new RawClient(server.server.localAddress(), 8192)) {
            for (int i = 0; i < 3; i++) {
                client.send(fetch(i));
            }
            for (int i = 0; i < 3; i++) {
                ByteBuffer frame = client.receive().orElseThrow();
                assertThat(frame.getInt()).isEqualTo(i);
                frame.get(); // no tagged fields
                FetchResponseData response = new FetchResponseData(new ByteBufferAccessor(frame), (short) 12);
                List<FetchResponseData.PartitionData> partitions =
                        response.responses().get(0).partitions();
                assertThat(((MemoryRecords) partitions.get(0).records()).buffer())
                        .isEqualTo(ByteBuffer.wrap(content));
                assertThat(((MemoryRecords) partitions.get(1).records()).buffer())
                        .isEqualTo(ByteBuffer.wrap(content, 100, 50));
                assertThat(partitions.get(2).records().sizeInBytes()).isZero();
                assertThat(((MemoryRecords) partitions.get(3).records()).buffer())
                        .isEqualTo(ByteBuffer.wrap(content, 200, 10));
            }
            TestServer.await("release", () -> file.references.get() == 0);
        }
    }

    @Test
    void actionsBehindRecordsRunOnceWhenTheyWereReadByTheClientOrDropped() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        byte[] content = new byte[8 << 20];
        try (TestServer server = new TestServer(request -> request.reply(fetched(
                FetchedRecords.of(List.of(bytes(content, 0, content.length))).andThen(sent::incrementAndGet))))) {
            try (RawClient client = new RawClient(server.server.localAddress(), 8192)) {
                client.send(fetch(1));
                TestServer.await("a first byte", () -> client.available() > 0);
                assertThat(sent)
                        .as("the client reads nothing, and its socket's buffer is small")
                        .hasValue(0);
                client.receive();
                TestServer.await("all sent", () -> sent.get() == 1);
                client.send(fetch(2));
                TestServer.await("a first byte", () -> client.available() > 0);
            }
            TestServer.await("dropped with the connection", () -> sent.get() == 2);
        }
        FetchedRecords.of(List.of(bytes(content, 0, 10)))
                .andThen(sent::incrementAndGet)
                .release();
        assertThat(sent).hasValue(3);
    }

    @Test
    void fileShorterThanPromisedClosesTheConnection(@TempDir Path dir) throws Exception {
        CountedFile file = new CountedFile(Files.write(dir.resolve("segment"), new byte[100_000]));
        try (TestServer server = new TestServer(
                        request -> request.reply(fetched(FetchedRecords.of(List.of(range(file, 50_000, 60_000))))));
                RawClient client = server.connect()) {
            client.send(fetch(1));
            assertThat(client.receive()).isEmpty();
            TestServer.await("release", () -> file.references.get() == 0);
        }
    }

    @Test
    void recordsOfAConnectionThatIsGoneAreReleased(@TempDir Path dir) throws Exception {
        CountedFile file = new CountedFile(Files.write(dir.resolve("segment"), new byte[30 << 20]));
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer(requests::add)) {
            try (RawClient client = server.connect()) {
                for (int i = 0; i < 4; i++) {
                    client.send(fetch(i));
                }
                RequestContext first = requests.take();
                RequestContext second = requests.take();
                RequestContext third = requests.take();
                RequestContext fourth = requests.take();
                FetchedRecords.Part part = range(file, 0, 30 << 20);
                third.reply(fetched(FetchedRecords.of(List.of(range(file, 0, 10)))));
                first.reply(fetched(FetchedRecords.of(List.of(part)))); // gets stuck in the socket
                second.reply(fetched(FetchedRecords.of(List.of(range(file, 0, 10)))));
                client.socket().close();
                TestServer.await("close", () -> server.closed.get() == 1);
                fourth.reply(fetched(FetchedRecords.of(List.of(range(file, 0, 10)))));
            }
            TestServer.await("release", () -> file.references.get() == 0);
        }
    }

    @Test
    void frameStaysValidUntilTheRequestIsAnswered() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer(requests::add);
                RawClient client = server.connect()) {
            for (int i = 0; i < 50; i++) {
                ProduceRequestData produce = new ProduceRequestData().setAcks((short) 1);
                ByteBuffer content = ByteBuffer.allocate(i * 997);
                while (content.hasRemaining()) {
                    content.put((byte) i);
                }
                produce.topicData()
                        .add(new ProduceRequestData.TopicProduceData()
                                .setName("t")
                                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                        .setRecords(MemoryRecords.readableRecords(content.flip())))));
                client.send(Frames.request(ApiKeys.PRODUCE, (short) 9, i, produce));
            }
            List<RequestContext> held = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                held.add(requests.poll(8, TimeUnit.SECONDS));
            }
            for (int i = 0; i < 50; i++) {
                ProduceRequestData body = (ProduceRequestData) held.get(i).body();
                ByteBuffer records = ((MemoryRecords) body.topicData()
                                .iterator()
                                .next()
                                .partitionData()
                                .get(0)
                                .records())
                        .buffer();
                assertThat(records.isDirect()).isTrue();
                assertThat(records.remaining()).isEqualTo(i * 997);
                while (records.hasRemaining()) {
                    assertThat(records.get()).isEqualTo((byte) i);
                }
            }
            held.forEach(ProtocolServerTest::answerAtOnce);
            TestServer.await("release", () -> server.config.inFlightBytes().usedBytes() == 0);
        }
    }

    @Test
    void unansweredRequestSendsNothing() throws Exception {
        try (TestServer server = new TestServer(request -> {});
                RawClient client = server.connect()) {
            client.socket().setSoTimeout(50);
            client.send(metadata(1));
            assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
