package io.braid.perf.chaos;

import io.braid.perf.chaos.cluster.Balance;
import io.braid.perf.chaos.cluster.BraidCluster;
import io.braid.perf.chaos.cluster.ClusterAdmin;
import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.load.Load;
import io.braid.perf.chaos.load.LoadPlan;
import io.braid.perf.measure.ClientKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A broker joins three that have data and are under load, and gets its share: fill, a calm phase to compare with, the balance,
 * another calm phase. Leaves a history in which each phase is noted; used by one thread.
 */
final class GrowRun {
    static final String FILL = "fill";
    static final String BEFORE = "before";
    static final String DURING = "during";
    static final String AFTER = "after";

    private static final Duration RECOVERY = Duration.ofMinutes(3);
    private static final int FIRST = 3;

    private final BraidCluster cluster;
    private final Path history;
    private final Settings settings;
    private final Consumer<String> log;

    /**
     * What is done.
     *
     * @param rate records a second
     * @param recordBytes mean size of most of them
     * @param fillSeconds of writing before anything is measured
     * @param calmSeconds of each calm phase
     * @param copyBytesPerSecond that the new broker may take
     */
    record Settings(
            ClientKind client,
            int partitions,
            int rate,
            int recordBytes,
            int fillSeconds,
            int calmSeconds,
            long copyBytesPerSecond,
            long seed) {}

    /**
     * What came of it.
     *
     * @param plan with the bound beside what it copies
     * @param arrivedBytes what the new broker stores when all moves are done: what was copied, and written meanwhile
     * @param balanceMs from the command to the end of the last move
     */
    record Result(Balance.Plan plan, long arrivedBytes, long balanceMs) {}

    /** @param cluster of four nodes, started and closed by this run */
    GrowRun(BraidCluster cluster, Path history, Settings settings, Consumer<String> log) {
        this.cluster = cluster;
        this.history = history;
        this.settings = settings;
        this.log = log;
    }

    Result run() throws IOException, InterruptedException {
        Files.createDirectories(history.getParent());
        Thread hook = new Thread(cluster::close);
        Runtime.getRuntime().addShutdownHook(hook);
        try (HistoryFile file = new HistoryFile(history);
                cluster) {
            log.accept("starts " + FIRST + " nodes");
            cluster.start(FIRST);
            try (ClusterAdmin admin = new ClusterAdmin(cluster.bootstrap())) {
                admin.createTopic(RunPlan.TOPIC, settings.partitions(), FIRST, 2);
                try (Load load = new Load(plan(), file)) {
                    load.start();
                    Result result = grow(file);
                    load.stopWriting();
                    admin.awaitInSync(RECOVERY).ifPresent(what -> file.note(Op.Note.Kind.STUCK, "grow", what));
                    load.readAll(RECOVERY);
                    return result;
                }
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private Result grow(HistoryFile file) throws IOException, InterruptedException {
        begin(file, FILL);
        Thread.sleep(settings.fillSeconds() * 1000L);
        int joining = cluster.size();
        cluster.launch(joining);
        if (!cluster.awaitReady(joining, RECOVERY)) {
            throw new IOException("node " + joining + " did not come to serve");
        }
        Balance balance = new Balance(cluster);
        balance.throttle(settings.copyBytesPerSecond());
        Thread.sleep(settings.calmSeconds() * 1000L); // its start has passed
        begin(file, BEFORE);
        Thread.sleep(settings.calmSeconds() * 1000L);
        begin(file, DURING);
        long beganNs = System.nanoTime();
        Balance.Plan plan = balance.run();
        long tookMs = (System.nanoTime() - beganNs) / 1_000_000;
        begin(file, AFTER);
        long arrived = balance.bytes(joining);
        Thread.sleep(settings.calmSeconds() * 1000L);
        return new Result(plan, arrived, tookMs);
    }

    private void begin(HistoryFile file, String phase) {
        file.note(Op.Note.Kind.FAULT, "grow", phase);
        log.accept(String.format("%7.1f s  %s", file.nowMs() / 1000.0, phase));
    }

    private LoadPlan plan() {
        return new LoadPlan(
                settings.client(),
                cluster.bootstrap(),
                RunPlan.TOPIC,
                settings.partitions(),
                3,
                settings.rate(),
                settings.recordBytes(),
                2,
                2,
                Map.of(),
                settings.seed());
    }
}
