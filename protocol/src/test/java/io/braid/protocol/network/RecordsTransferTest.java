package io.braid.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.Frames;
import io.braid.protocol.records.FetchedRecords;
import io.braid.protocol.records.FileSource;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of answers and requests: they arrive whole, and the files and buffers they lie in are released once. */
class RecordsTransferTest {
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
                client.send(TestRequests.fetch(i));
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
                client.send(TestRequests.fetch(1));
                TestServer.await("a first byte", () -> client.available() > 0);
                assertThat(sent)
                        .as("the client reads nothing, and its socket's buffer is small")
                        .hasValue(0);
                client.receive();
                TestServer.await("all sent", () -> sent.get() == 1);
                client.send(TestRequests.fetch(2));
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
            client.send(TestRequests.fetch(1));
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
                    client.send(TestRequests.fetch(i));
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
            held.forEach(TestRequests::answerAtOnce);
            TestServer.await("release", () -> server.config.inFlightBytes().usedBytes() == 0);
        }
    }
}
