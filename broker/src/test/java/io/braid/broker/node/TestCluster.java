package io.braid.broker.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Nodes of one cluster, in this JVM or each in a process of its own, with an admin client.
 *
 * @param <N> TestNode or NodeProcess
 */
final class TestCluster<N extends AutoCloseable> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Starts one node and returns when it serves. */
    private interface Starter<N> {
        N start(Path data, String... settings) throws Exception;
    }

    private final ClusterPlan plan;
    private final Starter<N> starter;
    private final Map<Integer, N> nodes = new TreeMap<>();
    private final Admin admin;

    private TestCluster(ClusterPlan plan, Starter<N> starter) {
        this.plan = plan;
        this.starter = starter;
        Properties p = new Properties();
        p.put("bootstrap.servers", plan.bootstrap());
        p.put("reconnect.backoff.max.ms", "100");
        this.admin = Admin.create(p);
    }

    static TestCluster<TestNode> inThisJvm(Path directory, int nodes, String... settings) throws Exception {
        return started(new TestCluster<>(new ClusterPlan(directory, nodes, settings), TestNode::start));
    }

    static TestCluster<NodeProcess> processes(Path directory, int nodes, String... settings) throws Exception {
        return started(new TestCluster<>(new ClusterPlan(directory, nodes, settings), NodeProcess::start));
    }

    private static <N extends AutoCloseable> TestCluster<N> started(TestCluster<N> cluster) throws Exception {
        try {
            cluster.startAll();
            return cluster;
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts all nodes, none of which runs, side by side. */
    void startAll() throws Exception {
        ExecutorService starters = Executors.newFixedThreadPool(plan.nodes());
        try {
            Map<Integer, Future<N>> starting = new TreeMap<>();
            for (int id = 1; id <= plan.nodes(); id++) {
                int node = id;
                Callable<N> start = () -> starter.start(plan.data(node), plan.settings(node));
                starting.put(id, starters.submit(start));
            }
            for (Map.Entry<Integer, Future<N>> one : starting.entrySet()) {
                nodes.put(one.getKey(), one.getValue().get());
            }
        } finally {
            starters.shutdownNow();
        }
    }

    N node(int id) {
        return nodes.get(id);
    }

    Path data(int id) {
        return plan.data(id);
    }

    String bootstrap() {
        return plan.bootstrap();
    }

    Admin admin() {
        return admin;
    }

    /** Forgets a node, which the test stops. */
    N take(int id) {
        return nodes.remove(id);
    }

    void start(int id) throws Exception {
        nodes.put(id, starter.start(plan.data(id), plan.settings(id)));
    }

    void createTopic(String name, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configs)))
                .all()
                .get();
    }

    TopicDescription describe(String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    }

    /** None while the broker that was asked does not know the topic yet. */
    private List<TopicPartitionInfo> partitions(String topic) throws Exception {
        try {
            return describe(topic).partitions();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return List.of();
            }
            throw e;
        }
    }

    /** Waits until every partition of the topic is as wanted. */
    void await(String topic, Predicate<TopicPartitionInfo> wanted) throws Exception {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<TopicPartitionInfo> partitions = partitions(topic);
            if (!partitions.isEmpty() && partitions.stream().allMatch(wanted)) {
                return;
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("still not: " + partitions);
            }
            Thread.sleep(20);
        }
    }

    void awaitInSync(String topic, int replicas) throws Exception {
        await(topic, p -> p.leader() != null && p.isr().size() == replicas);
    }

    @Override
    public void close() throws IOException {
        admin.close(Duration.ZERO);
        // Together: a node alone would wait for a majority to hand its leadership to.
        List<Thread> closing = nodes.values().stream()
                .map(node -> new Thread(() -> closeQuietly(node)))
                .toList();
        closing.forEach(Thread::start);
        for (Thread one : closing) {
            try {
                one.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        nodes.clear();
    }

    private static void closeQuietly(AutoCloseable node) {
        try {
            node.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
