package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The node that coordinates a group goes away, and another goes on with its members and offsets. */
@Timeout(120)
class GroupFailoverTest {
    private static final TopicPartition TP = new TopicPartition("t", 0);

    @TempDir
    Path data;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void anotherNodeGoesOnWithTheGroup(String protocol) throws Exception {
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(data, 3, "group.initial.rebalance.delay.ms", "0");
                KafkaConsumer<byte[], byte[]> consumer = member(cluster.bootstrap(), protocol)) {
            Admin admin = cluster.admin();
            admin.createTopics(List.of(new NewTopic("t", Optional.of(3), Optional.empty())))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            consumer.subscribe(List.of("t"));
            commit(consumer, 7);
            int coordinator = admin.describeConsumerGroups(List.of("g"))
                    .all()
                    .get(20, TimeUnit.SECONDS)
                    .get("g")
                    .coordinator()
                    .id();
            cluster.take(coordinator).close();
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get(30, TimeUnit.SECONDS)
                            .get(TP)
                            .offset())
                    .isEqualTo(7);
            commit(consumer, 8);
            assertThat(admin.describeConsumerGroups(List.of("g"))
                            .all()
                            .get(20, TimeUnit.SECONDS)
                            .get("g")
                            .coordinator()
                            .id())
                    .isNotEqualTo(coordinator);
        }
    }

    private static KafkaConsumer<byte[], byte[]> member(String bootstrap, String protocol) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("reconnect.backoff.max.ms", "100");
        p.put("group.id", "g");
        p.put("group.protocol", protocol);
        p.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Polls until the consumer owns the partition and a commit of it is acknowledged. */
    private static void commit(KafkaConsumer<byte[], byte[]> consumer, long offset) {
        long end = System.nanoTime() + 40_000_000_000L;
        while (true) {
            assertThat(System.nanoTime()).as("committed %s in time", offset).isLessThan(end);
            consumer.poll(Duration.ofMillis(50));
            if (consumer.assignment().contains(TP)) {
                try {
                    consumer.commitSync(Map.of(TP, new OffsetAndMetadata(offset)), Duration.ofSeconds(5));
                    return;
                } catch (CommitFailedException | RetriableException e) {
                    // the coordinator moves; once more
                }
            }
        }
    }
}
