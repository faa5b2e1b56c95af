package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lag of a group on three nodes, whose partitions are led by all of them. */
@Timeout(90)
@Tag("long")
class GroupLagTest {
    private static final int PARTITIONS = 24;
    private static final int RECORDS = 10;
    private static final int COMMITTED = 4;

    @TempDir
    Path data;

    @Test
    void theCoordinatorsNodeShowsTheLagOverAllPartitions() throws Exception {
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(data, 3)) {
            cluster.createTopic("t", PARTITIONS, Map.of());
            cluster.awaitInSync("t", 3);
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            try (KafkaProducer<byte[], byte[]> producer = cluster.node(1).producer()) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    for (int i = 0; i < RECORDS; i++) {
                        var unused = producer.send(new ProducerRecord<>("t", partition, null, new byte[10]));
                    }
                    offsets.put(new TopicPartition("t", partition), new OffsetAndMetadata(COMMITTED));
                }
                producer.flush();
            }
            cluster.admin().alterConsumerGroupOffsets("g", offsets).all().get();
            double lag = awaitLag(cluster);
            assertThat(lag).isEqualTo(PARTITIONS * (RECORDS - COMMITTED));
        }
    }

    /** Waits until one of the nodes shows it, which it does every 10 s. */
    private static double awaitLag(TestCluster<TestNode> cluster) throws Exception {
        long endNs = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < endNs) {
            for (int id = 1; id <= 3; id++) {
                OptionalDouble shown = lag(cluster.node(id));
                if (shown.isPresent()) {
                    return shown.getAsDouble();
                }
            }
            Thread.sleep(100);
        }
        throw new AssertionError("no node shows the lag");
    }

    private static OptionalDouble lag(TestNode node) throws IOException, InterruptedException {
        HttpResponse<String> page = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + node.adminAddress() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return page.body()
                .lines()
                .filter(line -> line.startsWith("braid_groups_lag") && line.contains("group=\"g\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst();
    }
}
