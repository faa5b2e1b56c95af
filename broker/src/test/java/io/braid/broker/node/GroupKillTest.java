package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed again and again under groups that commit all the time, in both protocols: no committed offset goes back,
 * and the groups go on by themselves. {@code -Dbraid.kill.groups=20 -Dbraid.kill.members=5} for the large run.
 */
@Timeout(600)
@Tag("long")
class GroupKillTest {
    private static final int ROUNDS = Integer.getInteger("braid.kill.rounds", 2);
    private static final int GROUPS = Integer.getInteger("braid.kill.groups", 4);
    private static final int MEMBERS = Integer.getInteger("braid.kill.members", 2);
    private static final int PARTITIONS = 10;
    private static final int COMMITS_A_ROUND = 100;
    private static final String TOPIC = "t";

    @TempDir
    Path data;

    private final Map<String, AtomicLong> given = new ConcurrentHashMap<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> commits = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Exception> failed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void noCommittedOffsetGoesBackAndTheGroupsGoOn() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = free.getLocalPort();
        }
        String[] settings = {"listeners", "PLAINTEXT://127.0.0.1:" + port, "group.initial.rebalance.delay.ms", "0"};
        Properties client = new Properties();
        client.put("bootstrap.servers", "127.0.0.1:" + port);
        client.put("reconnect.backoff.max.ms", "100");
        NodeProcess node = NodeProcess.start(data, settings);
        List<Thread> members = new ArrayList<>();
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
            for (int g = 0; g < GROUPS; g++) {
                for (int m = 0; m < MEMBERS; m++) {
                    members.add(member(client, "g" + g, g % 2 == 0 ? "classic" : "consumer"));
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                awaitCommits();
                node.kill();
                Map<String, Long> before = new HashMap<>(acknowledged);
                node = NodeProcess.start(data, settings);
                check(admin, before);
            }
            awaitCommits();
        } finally {
            stop.set(true);
            for (Thread member : members) {
                member.join();
            }
            node.kill();
        }
        assertThat(failed).isEmpty();
    }

    private Thread member(Properties base, String group, String protocol) {
        Properties p = new Properties();
        p.putAll(base);
        p.put("group.id", group);
        p.put("group.protocol", protocol);
        p.put("enable.auto.commit", "false");
        p.put("auto.offset.reset", "earliest");
        Thread thread = new Thread(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(TOPIC));
                while (!stop.get()) {
                    consumer.poll(Duration.ofMillis(10));
                    commit(consumer, group);
                }
            } catch (RuntimeException e) {
                if (!stop.get()) {
                    failed.add(e);
                }
            }
        });
        thread.start();
        return thread;
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, String group) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition tp : consumer.assignment()) {
            long next = given.computeIfAbsent(group + "/" + tp.partition(), key -> new AtomicLong())
                    .incrementAndGet();
            offsets.put(tp, new OffsetAndMetadata(next));
        }
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, Duration.ofSeconds(5));
            offsets.forEach(
                    (tp, offset) -> acknowledged.merge(group + "/" + tp.partition(), offset.offset(), Math::max));
            commits.computeIfAbsent(group, key -> new AtomicLong()).incrementAndGet();
        } catch (CommitFailedException | RetriableException e) {
            // out of the group, or the node is away: the next poll sees to it
        }
    }

    /** Waits until every group has committed often enough once more, and owns every partition. */
    private void awaitCommits() throws InterruptedException {
        Map<String, Long> from = new HashMap<>();
        commits.forEach((group, count) -> from.put(group, count.get()));
        long end = System.nanoTime() + 120_000_000_000L;
        boolean enough = false;
        while (!enough) {
            assertThat(System.nanoTime()).as("groups go on: %s", commits).isLessThan(end);
            assertThat(failed).isEmpty();
            Thread.sleep(50);
            enough = commits.size() == GROUPS
                    && acknowledged.size() == GROUPS * PARTITIONS
                    && commits.entrySet().stream()
                            .allMatch(one ->
                                    one.getValue().get() >= from.getOrDefault(one.getKey(), 0L) + COMMITS_A_ROUND);
        }
    }

    private static void check(Admin admin, Map<String, Long> before) throws Exception {
        for (int g = 0; g < GROUPS; g++) {
            String group = "g" + g;
            Map<TopicPartition, OffsetAndMetadata> now = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS);
            for (int p = 0; p < PARTITIONS; p++) {
                assertThat(now.get(new TopicPartition(TOPIC, p)).offset())
                        .as("%s/%s", group, p)
                        .isGreaterThanOrEqualTo(before.get(group + "/" + p));
            }
        }
    }
}
