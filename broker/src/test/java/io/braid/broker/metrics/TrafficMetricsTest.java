package io.braid.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TrafficMetricsTest {

    private static final Uuid TOPIC = new Uuid(1, 1);
    private static final Uuid GONE = new Uuid(1, 2);

    private static Optional<String> name(Uuid id) {
        return id.equals(TOPIC) ? Optional.of("orders") : Optional.empty();
    }

    private static List<String> shown(NodeMetrics metrics) throws IOException {
        StringWriter text = new StringWriter();
        metrics.scrape(text);
        return text.toString().lines().filter(l -> l.startsWith("braid_hot_")).toList();
    }

    @Test
    void bytesOfTheLastIntervalAreShownASecond() throws IOException {
        try (NodeMetrics metrics = new NodeMetrics()) {
            TrafficMetrics traffic = metrics.traffic();
            traffic.produced(TOPIC, 7, 65_537, 300);
            traffic.produced(TOPIC, 7, 65_537, 700);
            traffic.fetched(TOPIC, 7, 65_537, 4000);
            traffic.publish(2_000_000_000L, TrafficMetricsTest::name);

            assertThat(shown(metrics))
                    .containsExactlyInAnyOrder(
                            "braid_hot_partition_bytes_per_second{direction=\"in\",partition=\"7\",topic=\"orders\",} 500.0",
                            "braid_hot_partition_bytes_per_second{direction=\"out\",partition=\"7\",topic=\"orders\",} 2000.0",
                            "braid_hot_shard_bytes_per_second{direction=\"in\",shard=\"65537\",} 500.0",
                            "braid_hot_shard_bytes_per_second{direction=\"out\",shard=\"65537\",} 2000.0");

            traffic.publish(2_000_000_000L, TrafficMetricsTest::name);
            assertThat(shown(metrics)).isEmpty();
        }
    }

    @Test
    void seriesAreFewHoweverManyPartitionsThereAre() throws IOException {
        try (NodeMetrics metrics = new NodeMetrics()) {
            for (int partition = 0; partition < 1000; partition++) {
                metrics.traffic().produced(TOPIC, partition, partition, partition < 3 ? 100_000 : 1);
            }
            metrics.traffic().publish(1_000_000_000L, TrafficMetricsTest::name);

            assertThat(shown(metrics)).hasSize(2 * TrafficMetrics.SHOWN);
            for (int hot = 0; hot < 3; hot++) {
                assertThat(shown(metrics))
                        .contains("braid_hot_partition_bytes_per_second{direction=\"in\",partition=\"" + hot
                                + "\",topic=\"orders\",} 100000.0");
            }
        }
    }

    @Test
    void topicsThatAreGoneAreLeftOut() throws IOException {
        try (NodeMetrics metrics = new NodeMetrics()) {
            metrics.traffic().produced(GONE, 0, 5, 100);
            metrics.traffic().publish(1_000_000_000L, TrafficMetricsTest::name);

            assertThat(shown(metrics))
                    .containsExactly("braid_hot_shard_bytes_per_second{direction=\"in\",shard=\"5\",} 100.0");
        }
    }

    @Test
    void readsAreSummedUp() throws IOException {
        try (NodeMetrics metrics = new NodeMetrics()) {
            metrics.traffic().fetched(TOPIC, 0, 0, 1234);
            StringWriter text = new StringWriter();
            metrics.scrape(text);

            assertThat(text.toString().lines()).contains("braid_log_read_bytes_total 1234.0");
        }
    }
}
