package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three controllers apart from three brokers: what goes on while nobody can lead the metadata. */
@Timeout(180)
@Tag("long")
class ControllersAwayTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 12;

    @TempDir
    Path data;

    private final Map<Integer, NodeProcess> controllers = new TreeMap<>();
    private final Map<Integer, String[]> configured = new TreeMap<>();
    private final List<TestNode> brokers = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong consumed = new AtomicLong();

    @Test
    void dataFlowsWithoutAMajorityOfControllersAndMetadataGoesOnWhenThereIsOneAgain() throws Exception {
        start();
        String bootstrap = brokers.stream().map(TestNode::bootstrap).collect(Collectors.joining(","));
        Properties client = NumberedRecords.patientClient(bootstrap);
        Thread reader = new Thread(() -> consume(bootstrap));
        try (Admin admin = Admin.create(client);
                NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 2)) {
            create(admin, TOPIC, 60_000);
            records.start();
            reader.start();
            records.awaitAcks(500);
            awaitConsumed(1);

            int leader = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
            int follower = leader % 3 + 1;
            controllers.get(leader).kill();
            controllers.get(follower).kill();
            // From here on nobody leads the metadata, for as long as the test likes: every partition takes writes, and
            // they are
            // read in a group.
            for (int round = 0; round < 3; round++) {
                records.awaitEveryPartition();
                awaitConsumed(consumed.get() + 200);
            }
            assertThatThrownBy(() -> create(admin, "refused", 3_000))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(RetriableException.class);
            records.awaitEveryPartition();

            controllers.put(follower, NodeProcess.start(data.resolve("c" + follower), configured.get(follower)));
            awaitCreated(admin);
            records.awaitEveryPartition();
            awaitConsumed(consumed.get() + 200);
            records.finish();
            records.check(client);
        } finally {
            stop.set(true);
            reader.join();
            brokers.parallelStream().forEach(TestNode::close);
            for (NodeProcess controller : controllers.values()) {
                controller.kill();
            }
        }
    }

    private void start() throws Exception {
        Map<Integer, Integer> ports = new TreeMap<>();
        Map<Integer, Integer> raftPorts = new TreeMap<>();
        for (int id = 1; id <= 3; id++) {
            ports.put(id, ThreeNodes.freePort());
            raftPorts.put(id, ThreeNodes.freePort());
        }
        String voters = ports.entrySet().stream()
                .map(e -> e.getKey() + "@127.0.0.1:" + e.getValue() + ":" + raftPorts.get(e.getKey()))
                .collect(Collectors.joining(","));
        List<Integer> ids = List.copyOf(ports.keySet());
        for (int id : ids) {
            configured.put(id, new String[] {
                "node.id",
                Integer.toString(id),
                "process.roles",
                "controller",
                "controller.quorum.voters",
                voters,
                "controller.listener",
                "127.0.0.1:" + ports.get(id),
                "raft.listener",
                "127.0.0.1:" + raftPorts.get(id)
            });
        }
        Map<Integer, NodeProcess> started =
                Starts.together(ids, id -> NodeProcess.start(data.resolve("c" + id), configured.get(id)));
        controllers.putAll(started);
        brokers.addAll(Starts.together(
                        List.of(11, 12, 13),
                        id -> TestNode.start(
                                data.resolve("b" + id),
                                "node.id",
                                Integer.toString(id),
                                "process.roles",
                                "broker",
                                "controller.quorum.voters",
                                voters,
                                "min.insync.replicas",
                                "2"))
                .values());
    }

    private static void create(Admin admin, String topic, int timeoutMs) throws Exception {
        admin.createTopics(
                        List.of(new NewTopic(topic, Optional.of(PARTITIONS), Optional.of((short) 3))),
                        new CreateTopicsOptions().timeoutMs(timeoutMs))
                .all()
                .get();
    }

    private static void awaitCreated(Admin admin) throws Exception {
        long endNs = System.nanoTime() + 60_000_000_000L;
        while (true) {
            try {
                create(admin, "after", 5_000);
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicExistsException) {
                    return; // an attempt that was given up came through
                }
                assertThat(e.getCause()).isInstanceOf(RetriableException.class);
                assertThat(System.nanoTime()).as("in time").isLessThan(endNs);
            }
        }
    }

    private void consume(String bootstrap) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("group.id", "g");
        p.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            while (!stop.get()) {
                consumed.addAndGet(consumer.poll(Duration.ofMillis(100)).count());
            }
        }
    }

    private void awaitConsumed(long count) {
        ThreeNodes.await("records are consumed", () -> consumed.get() >= count);
    }
}
