package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.broker.BraidNode;
import io.braid.broker.NodeStartException;
import io.braid.broker.config.NodeConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole node with kafka-clients over real sockets. */
@Timeout(120)
class NodeTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);

    @TempDir
    Path data;

    @ParameterizedTest
    @ValueSource(strings = {"replicated", "group"})
    void recordsComeBackInOrderBeforeAndAfterARestart(String flush) throws Exception {
        try (TestNode node = TestNode.start(data, "flush", flush)) {
            create(node, "t", 4);
            assertThat(send(node, "t", 4, 0, 1000))
                    .isEqualTo(IntStream.range(0, 1000)
                            .mapToObj(i -> (long) (i / 4))
                            .toList());
            assertThat(read(node, "t", 4, 1000)).isEqualTo(expected(4, 1000));
        }
        try (TestNode node = TestNode.start(data, "flush", flush)) {
            assertThat(read(node, "t", 4, 1000)).isEqualTo(expected(4, 1000));
            send(node, "t", 4, 1000, 1000);
            assertThat(read(node, "t", 4, 2000)).isEqualTo(expected(4, 2000));
        }
    }

    @Test
    void idempotentProducerThatOutlivesTheNodeContinuesItsSequence() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = free.getLocalPort();
        }
        String listener = "PLAINTEXT://127.0.0.1:" + port;
        TestNode first = TestNode.start(data, "listeners", listener);
        create(first, "t", 1);
        try (KafkaProducer<byte[], byte[]> producer = first.producer("acks", "all", "enable.idempotence", "true")) {
            for (int i = 0; i < 50; i++) {
                producer.send(record("t", 0, i)).get();
            }
            first.close();
            try (TestNode second = TestNode.start(data, "listeners", listener)) {
                for (int i = 50; i < 100; i++) {
                    assertThat(producer.send(record("t", 0, i)).get().offset()).isEqualTo(i);
                }
                assertThat(read(second, "t", 1, 100)).isEqualTo(expected(1, 100));
            }
        }
    }

    @Test
    void deletedTopicsDataIsGoneWhenItsNameIsCreatedAgain() throws Exception {
        try (TestNode node = TestNode.start(data);
                Admin admin = node.admin()) {
            create(node, "t", 1);
            send(node, "t", 1, 0, 10);
            admin.deleteTopics(List.of("t")).all().get();
            create(node, "t", 1);
            assertThat(latest(admin)).isZero();
            send(node, "t", 1, 0, 3);
            assertThat(read(node, "t", 1, 3)).isEqualTo(expected(1, 3));
        }
        try (TestNode node = TestNode.start(data)) {
            assertThat(read(node, "t", 1, 3)).isEqualTo(expected(1, 3));
        }
    }

    @Test
    void deletedRecordsStayDeletedOverARestart() throws Exception {
        try (TestNode node = TestNode.start(data);
                Admin admin = node.admin()) {
            create(node, "t", 1);
            send(node, "t", 1, 0, 100);
            admin.deleteRecords(Map.of(P0, RecordsToDelete.beforeOffset(40)))
                    .all()
                    .get();
            assertThat(earliest(admin)).isEqualTo(40);
        }
        try (TestNode node = TestNode.start(data);
                Admin admin = node.admin()) {
            assertThat(earliest(admin)).isEqualTo(40);
            assertThat(latest(admin)).isEqualTo(100);
        }
    }

    @Test
    void waitingFetchIsWokenByAWrite() throws Exception {
        try (TestNode node = TestNode.start(data);
                KafkaConsumer<byte[], byte[]> consumer = node.consumer("fetch.max.wait.ms", "25000");
                KafkaProducer<byte[], byte[]> producer = node.producer("linger.ms", "0")) {
            create(node, "t", 1);
            consumer.assign(List.of(P0));
            assertThat(consumer.poll(Duration.ofMillis(200))).isEmpty();
            for (int i = 0; i < 20; i++) {
                producer.send(record("t", 0, i)).get();
                // Sooner than the fetch would end by itself.
                List<ConsumerRecord<byte[], byte[]>> got = new ArrayList<>();
                consumer.poll(Duration.ofSeconds(15)).forEach(got::add);
                assertThat(got).hasSize(1);
                assertThat(got.get(0).offset()).isEqualTo(i);
            }
            send(node, "t", 1, 20, 1); // ends the fetch under way, for which the consumer's close would wait
        }
    }

    @Test
    void readinessHealthAndMetricsAreServed() throws Exception {
        try (TestNode node = TestNode.start(data)) {
            create(node, "t", 1);
            send(node, "t", 1, 0, 10);
            assertThat(get(node, "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(node, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(node, "/metrics").body()).contains("braid_").contains("jvm_memory_used_bytes");
            assertThat(get(node, "/nothing").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void topicOfAMillionPartitionsCostsNoFiles() throws Exception {
        try (TestNode node = TestNode.start(data);
                Admin admin = node.admin()) {
            create(node, "warm", 1);
            long files = files();
            create(node, "million", 1_000_000);
            assertThat(files()).isEqualTo(files);
            TopicPartition last = new TopicPartition("million", 999_999);
            assertThat(admin.listOffsets(Map.of(last, OffsetSpec.latest()))
                            .partitionResult(last)
                            .get()
                            .offset())
                    .isZero();
        }
    }

    @Test
    void secondProcessOnTheSameDataOrPortIsRefusedInOneLine() throws Exception {
        try (TestNode node = TestNode.start(data)) {
            assertThatThrownBy(() -> TestNode.start(data))
                    .isInstanceOf(NodeStartException.class)
                    .message()
                    .doesNotContain("\n")
                    .contains(data.toString());
            Path other = data.resolveSibling(data.getFileName() + "-other");
            assertThatThrownBy(() -> TestNode.start(other, "listeners", "PLAINTEXT://127.0.0.1:" + node.port()))
                    .isInstanceOf(NodeStartException.class)
                    .message()
                    .doesNotContain("\n")
                    .contains(Integer.toString(node.port()));
        }
    }

    @Test
    void dataOfAnotherNodeIsRefused() throws Exception {
        TestNode.start(data).close();

        assertThatThrownBy(() -> BraidNode.start(NodeConfig.parse(TestNode.config(data, "node.id", "7"))))
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("node.id=1");
    }

    // ---- helpers

    private long files() throws Exception {
        try (var all = java.nio.file.Files.walk(data)) {
            return all.count();
        }
    }

    private static HttpResponse<String> get(TestNode node, String path) throws Exception {
        InetSocketAddress at = node.node().adminAddress();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static void create(TestNode node, String topic, int partitions) throws Exception {
        try (Admin admin = node.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        }
    }

    private static long earliest(Admin admin) throws Exception {
        return admin.listOffsets(Map.of(P0, OffsetSpec.earliest()))
                .partitionResult(P0)
                .get()
                .offset();
    }

    private static long latest(Admin admin) throws Exception {
        return admin.listOffsets(Map.of(P0, OffsetSpec.latest()))
                .partitionResult(P0)
                .get()
                .offset();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, int i) {
        return new ProducerRecord<>(topic, partition, null, ("value " + i).getBytes(StandardCharsets.UTF_8));
    }

    private static List<Long> send(TestNode node, String topic, int partitions, int from, int count) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = node.producer("acks", "all", "linger.ms", "5")) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = from; i < from + count; i++) {
                sent.add(producer.send(record(topic, i % partitions, i)));
            }
            List<Long> offsets = new ArrayList<>();
            for (Future<RecordMetadata> f : sent) {
                offsets.add(f.get().offset());
            }
            return offsets;
        }
    }

    private static List<List<String>> expected(int partitions, int count) {
        List<List<String>> all = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            List<String> values = new ArrayList<>();
            for (int i = p; i < count; i += partitions) {
                values.add(values.size() + " value " + i);
            }
            all.add(values);
        }
        return all;
    }

    /** Values by partition, each with its offset, once {@code count} of them have come. */
    private static List<List<String>> read(TestNode node, String topic, int partitions, int count) {
        List<List<String>> all = new ArrayList<>();
        List<TopicPartition> assigned = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            all.add(new ArrayList<>());
            assigned.add(new TopicPartition(topic, p));
        }
        try (KafkaConsumer<byte[], byte[]> consumer = node.consumer()) {
            consumer.assign(assigned);
            consumer.seekToBeginning(assigned);
            int got = 0;
            while (got < count) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                    all.get(r.partition()).add(r.offset() + " " + new String(r.value(), StandardCharsets.UTF_8));
                    got++;
                }
            }
        }
        return all;
    }
}
