package io.braid.perf.routing;

import io.braid.client.ClientConfig;
import io.braid.client.ClusterClient;
import io.braid.client.network.EventLoops;
import io.braid.client.routing.PlacedTopic;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.Settling;
import io.braid.perf.nodes.BraidNodes;
import io.braid.perf.nodes.Commands;
import io.braid.perf.nodes.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;

/** Three nodes with one topic, whose leaders are changed on purpose. Owned by one thread; blocks. */
final class RoutingCluster implements AutoCloseable {
    static final int NODES = 3;
    private static final long CALL_SECONDS = 30;
    private static final Duration COMMAND = Duration.ofMinutes(1);

    private final LocalCluster nodes;
    private final Path command;
    private final int partitions;
    private Admin admin;
    private LoadTopics topics;
    private Map<Integer, List<Integer>> partitionsByShard = Map.of();

    /** @param directory for the nodes' data and logs */
    RoutingCluster(Path directory, String heap, int partitions) throws IOException {
        this.partitions = partitions;
        this.command = BraidNodes.command();
        // Leaders change when they are told to, and at no other time.
        Map<String, String> settings = Map.of("auto.leader.rebalance.enable", "false");
        this.nodes = BraidNodes.cluster(new BraidNodes.Setup(command, directory, NODES, heap, settings));
    }

    /** Starts the nodes, makes the topic, and learns which shard each of its partitions is in. */
    void start() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        nodes.start();
        admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap(), "client.id", "braid-perf-admin"));
        topics = new LoadTopics("routing", partitions, partitions, NODES);
        topics.create(admin);
        Settling.settle(nodes.bootstrap(), topics);
        partitionsByShard = partitionsByShard();
    }

    private Map<Integer, List<Integer>> partitionsByShard()
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<Integer, List<Integer>> found = new HashMap<>();
        try (EventLoops loops = EventLoops.own();
                ClusterClient client = ClusterClient.open(ClientConfig.builder(nodes.bootstrap())
                        .eventLoops(loops)
                        .build())) {
            PlacedTopic placed = (PlacedTopic) client.use(topic()).get(CALL_SECONDS, TimeUnit.SECONDS);
            for (int partition = 0; partition < partitions; partition++) {
                found.computeIfAbsent(placed.shardOf(partition), shard -> new ArrayList<>())
                        .add(partition);
            }
        }
        return found;
    }

    String bootstrap() {
        return nodes.bootstrap();
    }

    String topic() {
        return topics.topic(0);
    }

    /** What the brokers applied between two moments, for partitions of the topic. */
    List<LeaderChange> changes(long fromMs, long toMs) throws IOException {
        List<Path> logs = IntStream.rangeClosed(1, NODES).mapToObj(nodes::log).toList();
        Collection<RoleLog.Role> roles = RoleLog.read(logs);
        List<LeaderChange> changes = new ArrayList<>();
        for (RoleLog.Role role : roles) {
            if (role.appliedMs() >= fromMs && role.appliedMs() < toMs) {
                for (int partition : partitionsByShard.getOrDefault(role.shard(), List.of())) {
                    changes.add(new LeaderChange(partition, role.leaderEpoch(), role.leader(), role.appliedMs()));
                }
            }
        }
        return changes;
    }

    // ---- changes on purpose

    /**
     * Makes another node the preferred leader of all the topic's shards. Changes no leader.
     *
     * @param turn counts; each asks for the next node
     */
    void prefer(int turn) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command.toString(), "shards", "move"));
        partitionsByShard.keySet().forEach(shard -> line.add(Integer.toString(shard)));
        String to = IntStream.range(0, NODES)
                .mapToObj(i -> Integer.toString(1 + (turn + i) % NODES))
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        line.addAll(List.of("--to", to, "--bootstrap", nodes.bootstrap()));
        Commands.Outcome outcome = Commands.run(COMMAND, line, Map.of("BRAID_BUILD", "off"));
        if (!outcome.ok()) {
            throw new IOException("shards do not move to " + to + ": " + outcome.output());
        }
    }

    /** A partition of each of the topic's shards. */
    List<Integer> onePartitionOfEachShard() {
        return partitionsByShard.values().stream()
                .map(list -> list.get(0))
                .sorted()
                .toList();
    }

    /** Has the preferred leader of a partition's shard lead it; false when it did already. */
    boolean elect(int partition) throws InterruptedException, ExecutionException, TimeoutException {
        TopicPartition at = new TopicPartition(topic(), partition);
        Throwable error = admin.electLeaders(ElectionType.PREFERRED, Set.of(at))
                .partitions()
                .get(CALL_SECONDS, TimeUnit.SECONDS)
                .get(at)
                .orElse(null);
        if (error == null || error instanceof ElectionNotNeededException) {
            return error == null;
        }
        throw new ExecutionException(error);
    }

    /** SIGTERM: it hands its leadership over before it goes. */
    void stop(int node) throws IOException, InterruptedException {
        nodes.stop(node);
    }

    /** kill -9: the controllers find out. */
    void kill(int node) throws InterruptedException {
        nodes.kill(node);
    }

    /** Starts a node again, and returns when it is in sync with all leaders. */
    void restart(int node) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        nodes.launch(node);
        if (!nodes.awaitReady(node, COMMAND)) {
            throw new IOException("node " + node + " did not come back: see " + nodes.log(node));
        }
        long deadlineNs = System.nanoTime() + COMMAND.toNanos();
        while (!allInSync()) {
            if (System.nanoTime() > deadlineNs) {
                throw new IOException("node " + node + " came back, and is not in sync after " + COMMAND);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private boolean allInSync() throws InterruptedException, ExecutionException, TimeoutException {
        return admin
                .describeTopics(Set.of(topic()))
                .allTopicNames()
                .get(CALL_SECONDS, TimeUnit.SECONDS)
                .get(topic())
                .partitions()
                .stream()
                .allMatch(partition -> partition.isr().size() == NODES);
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
        nodes.close();
    }
}
