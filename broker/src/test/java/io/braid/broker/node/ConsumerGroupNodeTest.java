package io.braid.broker.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of the consumer protocol with the consumers of kafka-clients. */
class ConsumerGroupNodeTest {
    private static final String[] FAST = {
        "group.consumer.heartbeat.interval.ms", "200", "offsets.topic.num.partitions", "2"
    };

    @TempDir
    Path data;

    private final List<KafkaConsumer<byte[], byte[]>> live = new ArrayList<>();

    @Test
    void partitionsMoveAsMembersComeAndGoAndTopicsGrow() throws Exception {
        try (TestNode node = TestNode.start(data, FAST);
                Admin admin = node.admin()) {
            admin.createTopics(List.of(new NewTopic("orders", 6, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            KafkaConsumer<byte[], byte[]> a = join(node, "consumer");
            await(() -> a.assignment().size() == 6);
            KafkaConsumer<byte[], byte[]> b = join(node, "consumer");
            await(() -> a.assignment().size() == 3 && b.assignment().size() == 3);
            ConsumerGroupDescription group = describe(admin);
            assertEquals(GroupType.CONSUMER, group.type());
            await(() -> describe(admin).groupState() == GroupState.STABLE);

            admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(8)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            await(() -> a.assignment().size() == 4 && b.assignment().size() == 4);

            live.remove(b);
            b.close();
            await(() -> a.assignment().size() == 8);
            a.close();
        }
    }

    @Test
    void anExpressionAndItsCommitsSurviveARestart() throws Exception {
        int port;
        try (TestNode node = TestNode.start(data, FAST);
                Admin admin = node.admin()) {
            port = node.port();
            admin.createTopics(List.of(new NewTopic("log-a", 2, (short) 1), new NewTopic("other", 2, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            KafkaConsumer<byte[], byte[]> a = consumer(node, "consumer");
            a.subscribe(new SubscriptionPattern("log-[ab]"));
            live.add(a);
            await(() -> a.assignment().size() == 2);
            a.commitSync(Map.of(new TopicPartition("log-a", 0), new OffsetAndMetadata(0, "here")));
        }
        try (TestNode node = TestNode.start(data, concat(FAST, "listeners", "PLAINTEXT://127.0.0.1:" + port));
                Admin admin = node.admin()) {
            KafkaConsumer<byte[], byte[]> a = live.get(0);
            admin.createTopics(List.of(new NewTopic("log-b", 1, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            await(() -> a.assignment().size() == 3);
            assertEquals(
                    "here",
                    admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get(10, TimeUnit.SECONDS)
                            .get(new TopicPartition("log-a", 0))
                            .metadata());
            a.close();
        }
    }

    @Test
    void membersOfBothProtocolsShareATopicAndTheClassicOneCarriesOn() throws Exception {
        try (TestNode node = TestNode.start(data, concat(FAST, "group.initial.rebalance.delay.ms", "0"));
                Admin admin = node.admin()) {
            admin.createTopics(List.of(new NewTopic("orders", 4, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            KafkaConsumer<byte[], byte[]> classic = join(node, "classic");
            await(() -> classic.assignment().size() == 4);
            KafkaConsumer<byte[], byte[]> modern = join(node, "consumer");
            await(() -> classic.assignment().size() == 2 && modern.assignment().size() == 2);

            live.remove(modern);
            modern.close();
            await(() -> classic.assignment().size() == 4);
            assertEquals(GroupType.CLASSIC, describe(admin).type());
            classic.close();
        }
    }

    private KafkaConsumer<byte[], byte[]> join(TestNode node, String protocol) {
        KafkaConsumer<byte[], byte[]> consumer = consumer(node, protocol);
        consumer.subscribe(List.of("orders"));
        live.add(consumer);
        return consumer;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(TestNode node, String protocol) {
        String[] common = {
            "group.id", "g", "group.protocol", protocol, "metadata.max.age.ms", "500", "enable.auto.commit", "false"
        };
        return protocol.equals("consumer")
                ? node.consumer(common)
                : node.consumer(concat(
                        common,
                        "heartbeat.interval.ms",
                        "100",
                        "partition.assignment.strategy",
                        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
    }

    private static String[] concat(String[] a, String... b) {
        List<String> all = new ArrayList<>(List.of(a));
        all.addAll(List.of(b));
        return all.toArray(String[]::new);
    }

    private static ConsumerGroupDescription describe(Admin admin) {
        try {
            return admin.describeConsumerGroups(List.of("g"))
                    .all()
                    .get(10, TimeUnit.SECONDS)
                    .get("g");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Polls all members until the condition holds; at no time may two of them have one partition. */
    private void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() < deadline,
                    () -> "still "
                            + live.stream().map(KafkaConsumer::assignment).toList());
            Set<TopicPartition> owned = new HashSet<>();
            for (KafkaConsumer<byte[], byte[]> consumer : live) {
                consumer.poll(Duration.ofMillis(20));
            }
            for (KafkaConsumer<byte[], byte[]> consumer : live) {
                for (TopicPartition partition : consumer.assignment()) {
                    assertTrue(owned.add(partition), () -> partition + " has two owners");
                }
            }
        }
    }
}
