package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three processes, controller and broker each, of which two are killed one after the other. */
@Timeout(90)
@Tag("long")
class KilledControllersTest {
    private static final Logger LOG = LoggerFactory.getLogger(KilledControllersTest.class);

    @TempDir
    Path directory;

    @Test
    void shardsAreLedByOthersAndMetadataGoesOn() throws Exception {
        Map<Integer, NodeProcess> nodes = new TreeMap<>();
        Map<Integer, Integer> ports = new TreeMap<>();
        try (ThreeNodes named = new ThreeNodes(directory)) {
            List<CompletableFuture<NodeProcess>> starting = List.of(1, 2, 3).stream()
                    .map(id -> starting(named, id, ports))
                    .toList();
            for (int id = 1; id <= 3; id++) {
                nodes.put(id, starting.get(id - 1).get(60, TimeUnit.SECONDS));
            }
            try (Admin admin = Admin.create(Map.of(
                    "bootstrap.servers",
                    ports.values().stream().map(p -> "127.0.0.1:" + p).collect(Collectors.joining(",")),
                    "request.timeout.ms",
                    "5000",
                    "default.api.timeout.ms",
                    "30000",
                    "reconnect.backoff.max.ms",
                    "50"))) {
                admin.createTopics(List.of(new NewTopic("t", 48, (short) 3)))
                        .all()
                        .get();
                int leader = leader(admin);
                int follower = leader % 3 + 1;

                long began = System.nanoTime();
                nodes.get(follower).kill();
                ThreeNodes.await("it still leads", () -> leaders(admin).noneMatch(p -> leads(p, follower)));
                LOG.info("killed broker leads nothing ms={}", (System.nanoTime() - began) / 1_000_000);
                nodes.put(follower, restarted(named, follower, ports));
                ThreeNodes.await("it is not heard of", () -> observers(admin) == 3);

                began = System.nanoTime();
                nodes.get(leader).kill();
                admin.createTopics(List.of(new NewTopic("after", 1, (short) 1)))
                        .all()
                        .get();
                LOG.info("metadata changed without its leader ms={}", (System.nanoTime() - began) / 1_000_000);
                assertThat(leader(admin)).isNotEqualTo(leader);
                ThreeNodes.await("it still leads", () -> leaders(admin).noneMatch(p -> leads(p, leader)));
                LOG.info("killed leader leads no shard ms={}", (System.nanoTime() - began) / 1_000_000);
            }
        } finally {
            for (NodeProcess node : nodes.values()) {
                node.kill();
            }
        }
    }

    private CompletableFuture<NodeProcess> starting(ThreeNodes named, int id, Map<Integer, Integer> ports) {
        CompletableFuture<NodeProcess> started = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        started.complete(restarted(named, id, ports));
                    } catch (Exception e) {
                        started.completeExceptionally(e);
                    }
                })
                .start();
        return started;
    }

    private NodeProcess restarted(ThreeNodes named, int id, Map<Integer, Integer> ports) throws Exception {
        int port = ThreeNodes.freePort();
        Map<String, String> config = named.config(id, "listeners", "PLAINTEXT://127.0.0.1:" + port);
        String[] settings = config.entrySet().stream()
                .flatMap(e -> List.of(e.getKey(), e.getValue()).stream())
                .toArray(String[]::new);
        synchronized (ports) {
            ports.put(id, port);
        }
        return NodeProcess.start(Path.of(config.get("log.dirs")), settings);
    }

    private static boolean leads(TopicPartitionInfo partition, int broker) {
        return partition.leader() == null || partition.leader().id() == broker;
    }

    private static java.util.stream.Stream<TopicPartitionInfo> leaders(Admin admin) {
        try {
            TopicDescription t =
                    admin.describeTopics(List.of("t")).allTopicNames().get().get("t");
            return t.partitions().stream();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int leader(Admin admin) throws Exception {
        return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
    }

    private static int observers(Admin admin) {
        try {
            return admin.describeMetadataQuorum().quorumInfo().get().observers().size();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
