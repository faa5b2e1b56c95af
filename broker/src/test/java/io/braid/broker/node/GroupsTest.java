package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of real consumers on a real node, in both protocols. */
class GroupsTest {
    private static final String[] QUICK = {"group.initial.rebalance.delay.ms", "0"};

    @TempDir
    Path data;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void consumersShareATopicAndGoOnWhereTheyCommittedAfterARestart(String protocol) throws Exception {
        try (TestNode node = TestNode.start(data, QUICK)) {
            create(node, "t", 4);
            produce(node, "t", 4, 10);
            try (KafkaConsumer<byte[], byte[]> one = member(node, protocol, "g");
                    KafkaConsumer<byte[], byte[]> two = member(node, protocol, "g")) {
                one.subscribe(List.of("t"));
                two.subscribe(List.of("t"));
                pollUntil(
                        List.of(one, two),
                        () -> one.assignment().size() == 2 && two.assignment().size() == 2);
                Set<TopicPartition> both = new HashSet<>(one.assignment());
                both.addAll(two.assignment());
                assertThat(both).hasSize(4);
                commitAll(one, 7);
                commitAll(two, 7);
                two.close(CloseOptions.timeout(Duration.ofSeconds(5)));
                pollUntil(List.of(one), () -> one.assignment().size() == 4);
            }
        }
        try (TestNode node = TestNode.start(data, QUICK);
                Admin admin = node.admin();
                KafkaConsumer<byte[], byte[]> again = member(node, protocol, "g")) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets("g")
                    .partitionsToOffsetAndMetadata()
                    .get(10, TimeUnit.SECONDS);
            assertThat(committed).hasSize(4).allSatisfy((tp, offset) -> assertThat(offset.offset())
                    .isEqualTo(7));
            again.subscribe(List.of("t"));
            List<Long> seen = new ArrayList<>();
            long end = System.nanoTime() + 20_000_000_000L;
            while (seen.size() < 12 && System.nanoTime() < end) {
                again.poll(Duration.ofMillis(50)).forEach(record -> seen.add(record.offset()));
            }
            assertThat(seen).hasSize(12).allSatisfy(offset -> assertThat(offset).isBetween(7L, 9L));
        }
    }

    @Test
    void groupsAreListedDescribedResetAndDeleted() throws Exception {
        try (TestNode node = TestNode.start(data, QUICK);
                Admin admin = node.admin()) {
            create(node, "t", 1);
            produce(node, "t", 1, 5);
            TopicPartition tp = new TopicPartition("t", 0);
            try (KafkaConsumer<byte[], byte[]> one = member(node, "classic", "g")) {
                one.subscribe(List.of("t"));
                pollUntil(List.of(one), () -> !one.assignment().isEmpty());
                one.commitSync(Map.of(tp, new OffsetAndMetadata(5, "five")));
                var described = admin.describeConsumerGroups(List.of("g"))
                        .all()
                        .get(10, TimeUnit.SECONDS)
                        .get("g");
                assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
                assertThat(described.members()).singleElement().satisfies(member -> {
                    assertThat(member.host()).isEqualTo("/127.0.0.1");
                    assertThat(member.assignment().topicPartitions()).containsExactly(tp);
                });
            }
            admin.alterConsumerGroupOffsets("g", Map.of(tp, new OffsetAndMetadata(2)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get(10, TimeUnit.SECONDS)
                            .get(tp)
                            .offset())
                    .isEqualTo(2);
            assertThat(admin.listGroups().all().get(10, TimeUnit.SECONDS))
                    .singleElement()
                    .satisfies(group -> assertThat(group.groupId()).isEqualTo("g"));
            admin.deleteConsumerGroups(List.of("g")).all().get(10, TimeUnit.SECONDS);
            assertThat(admin.listGroups().all().get(10, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void offsetsOfADeletedTopicAreGoneWithIt() throws Exception {
        try (TestNode node = TestNode.start(data, QUICK);
                Admin admin = node.admin()) {
            create(node, "t", 1);
            TopicPartition tp = new TopicPartition("t", 0);
            admin.alterConsumerGroupOffsets("g", Map.of(tp, new OffsetAndMetadata(2)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            admin.deleteTopics(List.of("t")).all().get(10, TimeUnit.SECONDS);
            create(node, "t", 1);
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get(10, TimeUnit.SECONDS))
                    .isEmpty();
        }
    }

    // ---- helpers

    private static KafkaConsumer<byte[], byte[]> member(TestNode node, String protocol, String group) {
        return node.consumer(
                "group.id", group, "group.protocol", protocol, "enable.auto.commit", "false", "client.id", "c");
    }

    private static void create(TestNode node, String topic, int partitions) throws Exception {
        try (Admin admin = node.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
        }
    }

    private static void produce(TestNode node, String topic, int partitions, int each) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = node.producer()) {
            for (int p = 0; p < partitions; p++) {
                for (int i = 0; i < each; i++) {
                    var unused = producer.send(new ProducerRecord<>(topic, p, null, new byte[10]));
                }
            }
            producer.flush();
        }
    }

    private static void commitAll(KafkaConsumer<byte[], byte[]> consumer, long offset) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new java.util.HashMap<>();
        consumer.assignment().forEach(tp -> offsets.put(tp, new OffsetAndMetadata(offset)));
        consumer.commitSync(offsets);
    }

    private static void pollUntil(List<KafkaConsumer<byte[], byte[]>> consumers, BooleanSupplier condition) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            consumers.forEach(consumer -> consumer.poll(Duration.ofMillis(20)));
        }
    }
}
