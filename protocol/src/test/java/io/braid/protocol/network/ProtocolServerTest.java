package io.braid.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.protocol.Frames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.junit.jupiter.api.Test;

/** Requests and their answers, and the life of connections. */
class ProtocolServerTest {
    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (TestServer server = new TestServer(TestRequests::answerAtOnce);
                RawClient client = server.connect()) {
            for (int i = 0; i < 500; i++) {
                client.send(i % 2 == 0 ? TestRequests.metadata(i) : TestRequests.apiVersions(i));
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
                    client.send(TestRequests.metadata(i));
                }
                TestServer.await("requests", () -> held.size() == 30);
                List<RequestContext> shuffled = new ArrayList<>(held);
                held.clear();
                Collections.shuffle(shuffled, new Random(round));
                shuffled.parallelStream().forEach(TestRequests::answerAtOnce);
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
                        TestRequests.answerAtOnce(request);
                    }
                });
                RawClient client = server.connect()) {
            client.send(TestRequests.produce(1, 100));
            client.send(TestRequests.metadata(2));
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(2);
            assertThat(server.config.inFlightBytes().usedBytes()).isZero();
        }
    }

    @Test
    void requestAnsweredTwiceIsAnErrorOfTheHandler() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer(requests::add);
                RawClient client = server.connect()) {
            client.send(TestRequests.metadata(1));
            RequestContext request = requests.take();
            TestRequests.answerAtOnce(request);
            assertThatThrownBy(() -> TestRequests.answerAtOnce(request)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(request::replyNothing).isInstanceOf(IllegalStateException.class);
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(1);
        }
    }

    @Test
    void requestTellsWhereItCameFrom() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        try (TestServer server = new TestServer(requests::add);
                RawClient client = server.connect()) {
            client.send(TestRequests.metadata(1));
            RequestContext request = requests.take();
            assertThat(request.listener()).isEqualTo("TEST");
            assertThat(request.principal()).hasToString("User:ANONYMOUS");
            assertThat(request.clientId()).isEqualTo("c");
            assertThat(request.sizeBytes()).isEqualTo(TestRequests.metadata(1).length);
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
            TestRequests.answerAtOnce(request); // is dropped
        }
    }

    @Test
    void whatIsNotAFrameClosesTheConnectionAndNoOther() throws Exception {
        try (TestServer server = new TestServer(TestRequests::answerAtOnce);
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
            other.send(TestRequests.metadata(3));
            assertThat(other.receive().orElseThrow().getInt()).isEqualTo(3);
            TestServer.await("closed", () -> server.server.connectionCount() == 1);
            assertThat(server.config.inFlightBytes().usedBytes()).isZero();
        }
    }

    @Test
    void requestsBeforeGarbageAreAnswered() throws Exception {
        try (TestServer server = new TestServer(TestRequests::answerAtOnce);
                RawClient client = server.connect()) {
            ByteBuffer bytes = ByteBuffer.allocate(100);
            bytes.putInt(TestRequests.metadata(8).length)
                    .put(TestRequests.metadata(8))
                    .putInt(-1);
            client.sendRaw(bytes.array());
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(8);
            assertThat(client.receive()).isEmpty();
        }
    }

    @Test
    void randomInputNeverStopsTheServer() throws Exception {
        Random random = new Random(5);
        try (TestServer server = new TestServer(TestRequests::answerAtOnce)) {
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
                client.send(TestRequests.metadata(1));
                assertThat(client.receive()).isPresent();
            }
            assertThat(server.config.inFlightBytes().usedBytes()).isZero();
        }
    }

    @Test
    void unknownVersionOfApiVersionsIsAnsweredAndTheConnectionStays() throws Exception {
        try (TestServer server = new TestServer(TestRequests::answerAtOnce);
                RawClient client = server.connect()) {
            byte[] frame = Frames.request(ApiKeys.API_VERSIONS, (short) 4, 5, "c", new byte[] {1, 1, 0});
            ByteBuffer.wrap(frame).putShort(2, (short) 127);
            client.send(frame);
            ByteBuffer answer = client.receive().orElseThrow();
            assertThat(answer.getInt()).isEqualTo(5);
            ApiVersionsResponseData body = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
            assertThat(body.errorCode()).isEqualTo((short) 35);
            assertThat(body.apiKeys().find(ApiKeys.API_VERSIONS.id)).isNotNull();
            client.send(TestRequests.apiVersions(6));
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(6);
        }
    }

    @Test
    void oneByteAtATimeIsARequestToo() throws Exception {
        try (TestServer server = new TestServer(TestRequests::answerAtOnce);
                RawClient client = server.connect()) {
            byte[] frame = TestRequests.metadata(77);
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
        try (TestServer server = new TestServer(TestRequests::answerAtOnce);
                RawClient client = server.connect()) {
            client.send(TestRequests.metadata(3));
            client.socket().shutdownOutput();
            assertThat(client.receive().orElseThrow().getInt()).isEqualTo(3);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void handlerThatThrowsEndsItsConnectionOnly() throws Exception {
        try (TestServer server = new TestServer(request -> {
                    if (request.correlationId() == 13) {
                        throw new IllegalStateException("a bug");
                    }
                    TestRequests.answerAtOnce(request);
                });
                RawClient client = server.connect();
                RawClient other = server.connect()) {
            client.send(TestRequests.metadata(13));
            assertThat(client.isClosedByServer()).isTrue();
            other.send(TestRequests.metadata(14));
            assertThat(other.receive()).isPresent();
        }
    }

    @Test
    void responseThatCannotBeWrittenEndsTheConnection() throws Exception {
        try (TestServer server = new TestServer(request -> request.reply(
                        new MetadataResponseData().setClusterId("x").setBrokers(null)));
                RawClient client = server.connect()) {
            client.send(TestRequests.metadata(1));
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void closingLetsRequestsInFlightFinish() throws Exception {
        BlockingQueue<RequestContext> requests = new LinkedBlockingQueue<>();
        TestServer server = new TestServer(requests::add);
        try (RawClient client = server.connect()) {
            client.send(TestRequests.metadata(1));
            RequestContext request = requests.take();
            Thread closer = new Thread(server::close);
            closer.start();
            TestServer.await("no more accepted", () -> !canConnect(server.server.localAddress()));
            assertThat(closer.isAlive()).isTrue();
            TestRequests.answerAtOnce(request);
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
            client.send(TestRequests.metadata(1));
            RequestContext request = requests.take();
            server.server.close(Duration.ofMillis(20));
            assertThat(client.isClosedByServer()).isTrue();
            server.close();
            TestRequests.answerAtOnce(request); // nobody is there any more
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
        try (TestServer server = new TestServer(TestRequests::answerAtOnce)) {
            int port = server.server.localAddress().getPort();
            assertThatThrownBy(() -> ProtocolServer.bind(
                            ServerConfig.of("X", "127.0.0.1", port),
                            Frames.everything(),
                            server.group,
                            TestRequests::answerAtOnce,
                            NetworkListener.NONE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }
    }

    @Test
    void unansweredRequestSendsNothing() throws Exception {
        try (TestServer server = new TestServer(request -> {});
                RawClient client = server.connect()) {
            client.socket().setSoTimeout(50);
            client.send(TestRequests.metadata(1));
            assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
