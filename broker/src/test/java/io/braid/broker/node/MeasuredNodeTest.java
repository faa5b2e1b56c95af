package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that was used shows it: the metrics that dashboards and alerts ask for are fed. */
class MeasuredNodeTest {

    private static final int BYTES = 10_000;
    private static final TopicPartition PARTITION = new TopicPartition("measured", 0);

    @Test
    void whatClientsDidIsInTheMetrics(@TempDir Path data) throws Exception {
        try (TestNode node = TestNode.start(data)) {
            node.admin()
                    .createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)))
                    .all()
                    .get();
            write(node);
            read(node);
            System.gc(); // what only Micrometer refers to is gone now

            write(node);
            Map<String, Double> metrics = scrape(node);

            assertThat(metrics.get("braid_log_append_bytes_total")).isGreaterThan(2.0 * BYTES);
            assertThat(metrics.get("braid_log_read_bytes_total")).isGreaterThan(BYTES);
            assertThat(metrics.get("braid_cluster_brokers")).isEqualTo(1);
            assertThat(metrics.get("braid_cluster_brokers_fenced")).isZero();
            assertThat(metrics.get("braid_cluster_shards")).isPositive();
            assertThat(metrics.get("braid_cluster_shards_offline")).isZero();
            assertThat(metrics.get("braid_cluster_shards_underreplicated")).isZero();
            assertThat(metrics.get("braid_shards_led")).isEqualTo(metrics.get("braid_cluster_shards"));
            assertThat(metrics.get("braid_quorum_leader")).isEqualTo(1);
            assertThat(metrics.get("braid_log_disk_free_bytes"))
                    .isBetween(1.0, metrics.get("braid_log_disk_size_bytes"));
        }
    }

    private static void write(TestNode node) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", node.bootstrap());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, new byte[BYTES]))
                    .get();
        }
    }

    private static void read(TestNode node) {
        Map<String, Object> settings = Map.of("bootstrap.servers", node.bootstrap());
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
                assertThat(System.nanoTime()).as("nothing was read").isLessThan(deadline);
            }
        }
    }

    /** By family; of several series the last. */
    private static Map<String, Double> scrape(TestNode node) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.node().adminAddress().getPort() + "/metrics");
        String text = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Map<String, Double> metrics = new HashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            String name = line.split("[{ ]", 2)[0];
            metrics.put(name, Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
        });
        return metrics;
    }
}
