package io.braid.perf.chaos;

import io.braid.perf.chaos.cluster.ClusterAdmin;
import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.load.Load;
import io.braid.perf.chaos.load.LoadPlan;
import io.braid.perf.measure.ClientKind;
import io.braid.perf.nodes.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Restarts all nodes in order, one after the other, under load, as an operator does: SIGTERM, start, wait until all replicas
 * are in sync, the next. Leaves a history; used by one thread.
 */
final class RollingRun {
    private static final Duration RECOVERY = Duration.ofMinutes(3);
    private static final long CALM_MS = 5_000;
    private static final long WARM_UP_MS = 15_000;

    private final Cluster cluster;
    private final ClientKind client;
    private final Path history;
    private final int partitions;
    private final int rate;
    private final long seed;
    private final Consumer<String> log;

    /** @param cluster started and closed by this run */
    RollingRun(
            Cluster cluster, ClientKind client, Path history, int partitions, int rate, long seed, Consumer<String> log) {
        this.cluster = cluster;
        this.client = client;
        this.history = history;
        this.partitions = partitions;
        this.rate = rate;
        this.seed = seed;
        this.log = log;
    }

    void run() throws IOException, InterruptedException {
        Files.createDirectories(history.getParent());
        Thread hook = new Thread(cluster::close);
        Runtime.getRuntime().addShutdownHook(hook);
        try (HistoryFile file = new HistoryFile(history);
                cluster) {
            log.accept("starts " + cluster.size() + " nodes");
            cluster.start();
            String topic = RunPlan.TOPIC + "-" + System.currentTimeMillis();
            try (ClusterAdmin admin = new ClusterAdmin(cluster.bootstrap())) {
                int replicas = Math.min(3, cluster.size());
                admin.createTopic(topic, partitions, replicas, Math.min(2, replicas));
                try (Load load = new Load(plan(topic), file)) {
                    load.start();
                    Thread.sleep(WARM_UP_MS);
                    for (int node = 1; node <= cluster.size(); node++) {
                        restart(node, admin, file);
                    }
                    load.stopWriting();
                    load.readAll(RECOVERY);
                }
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void restart(int node, ClusterAdmin admin, HistoryFile file) throws IOException, InterruptedException {
        note(file, "SIGTERM to node " + node);
        cluster.stop(node);
        note(file, "starts node " + node);
        cluster.launch(node);
        if (!cluster.awaitReady(node, RECOVERY)) {
            file.note(Op.Note.Kind.STUCK, "rolling", "node " + node + " does not come to serve");
        }
        Optional<String> missing = admin.awaitInSync(RECOVERY);
        missing.ifPresent(what -> file.note(Op.Note.Kind.STUCK, "rolling", what));
        note(file, "node " + node + " is back and in sync");
        Thread.sleep(CALM_MS);
    }

    private void note(HistoryFile file, String what) {
        file.note(Op.Note.Kind.FAULT, "rolling", what);
        log.accept(String.format("%7.1f s  %s", file.nowMs() / 1000.0, what));
    }

    private LoadPlan plan(String topic) {
        return new LoadPlan(client, cluster.bootstrap(), topic, partitions, 3, rate, 150, 2, 2, Map.of(), seed);
    }
}
