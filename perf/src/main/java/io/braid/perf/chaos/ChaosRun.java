package io.braid.perf.chaos;

import io.braid.perf.chaos.cluster.BraidCluster;
import io.braid.perf.chaos.cluster.ClusterAdmin;
import io.braid.perf.chaos.cluster.ShardMoves;
import io.braid.perf.chaos.fault.BraidFaults;
import io.braid.perf.chaos.fault.Fault;
import io.braid.perf.chaos.fault.FaultLog;
import io.braid.perf.chaos.fault.Nemesis;
import io.braid.perf.chaos.fault.Schedule;
import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.load.Load;
import io.braid.perf.chaos.load.LoadPlan;
import io.braid.perf.nodes.KafkaNodes;
import io.braid.perf.nodes.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** One run: a cluster, clients, faults, mending, the last reading; leaves a history. Used by one thread. */
final class ChaosRun {
    /** Without these Apache Kafka's groups would wait longer than the faults last. */
    private static final Map<String, String> QUICK_GROUPS_OF_KAFKA = Map.of(
            "offsets.topic.num.partitions", "8",
            "group.initial.rebalance.delay.ms", "500",
            "group.consumer.min.session.timeout.ms", "6000",
            "group.consumer.session.timeout.ms", "6000",
            "group.consumer.min.heartbeat.interval.ms", "1000",
            "group.consumer.heartbeat.interval.ms", "1000");

    private static final Duration RECOVERY = Duration.ofMinutes(3);
    private static final int WRITERS = 3;
    private static final int RECORD_BYTES = 150;
    private static final int SMALL_DISK_SPARE_MIB = 700;

    private final RunPlan plan;
    private final Consumer<String> log;
    private final Random churn;
    private long nextChurnMs;

    ChaosRun(RunPlan plan, Consumer<String> log) {
        this.plan = plan;
        this.log = log;
        this.churn = new Random(plan.seed() + 1);
    }

    /**
     * Runs it to its end.
     *
     * @return how often each fault was done
     */
    Map<Fault, Integer> run() throws IOException, InterruptedException {
        Files.createDirectories(plan.directory());
        try (HistoryFile history = new HistoryFile(plan.history());
                LocalCluster cluster = cluster()) {
            Thread hook = new Thread(cluster::close);
            Runtime.getRuntime().addShutdownHook(hook);
            history.note(Op.Note.Kind.RUN, "chaos", plan.replay());
            log.accept("starts " + plan.nodes() + " nodes in " + plan.directory());
            cluster.start();
            try (ClusterAdmin admin = new ClusterAdmin(cluster.bootstrap())) {
                return breakIt(cluster, admin, history);
            } finally {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    private Map<Fault, Integer> breakIt(LocalCluster cluster, ClusterAdmin admin, HistoryFile history)
            throws IOException, InterruptedException {
        admin.createTopic(RunPlan.TOPIC, plan.partitions(), plan.replicas(), plan.minInSync());
        FaultLog done = new FaultLog(history, log);
        Optional<BraidCluster> braid =
                Optional.of(cluster).filter(BraidCluster.class::isInstance).map(BraidCluster.class::cast);
        Optional<ShardMoves> moves = braid.map(each -> new ShardMoves(each, plan.replicas()));
        Optional<BraidFaults> beyond = braid.map(each -> new BraidFaults(each, admin, moves.get(), done));
        Nemesis nemesis = new Nemesis(cluster, admin, beyond, done);
        try (Load load = new Load(load(cluster), history)) {
            load.start();
            if (plan.plant() == Plant.UNCLEAN) {
                new UncleanElection(braid.orElseThrow(), admin, history, log).run(RunPlan.TOPIC);
            } else {
                Set<Fault> faults = possible(moves);
                Schedule schedule = Schedule.of(plan.seed(), plan.nodes(), plan.lengthMs(), faults);
                nemesis.run(schedule, () -> {
                    lookAfter(cluster, history);
                    churn(load, history);
                });
            }
            log.accept("mends everything, and waits");
            nemesis.mendAll();
            awaitWhole(cluster, admin, history);
            load.stopWriting();
            log.accept("reads everything once more");
            load.readAll(RECOVERY);
            lookAfter(cluster, history);
        }
        return done.done();
    }

    private void awaitWhole(LocalCluster cluster, ClusterAdmin admin, HistoryFile history) throws InterruptedException {
        for (int node = 1; node <= cluster.size(); node++) {
            if (!cluster.awaitReady(node, RECOVERY)) {
                history.note(Op.Note.Kind.STUCK, "chaos", "node " + node + " does not come to serve");
            }
        }
        Optional<String> missing = admin.awaitInSync(RECOVERY);
        missing.ifPresent(what -> history.note(Op.Note.Kind.STUCK, "chaos", what));
    }

    /** Starts again what died by itself, which is an anomaly. */
    private void lookAfter(LocalCluster cluster, HistoryFile history) {
        for (String death : cluster.diedUnasked()) {
            history.note(Op.Note.Kind.DIED, "chaos", death);
            log.accept(death);
        }
    }

    private void churn(Load load, HistoryFile history) {
        load.replaceBroken();
        if (history.nowMs() >= nextChurnMs) {
            if (nextChurnMs > 0) {
                load.replaceOne();
            }
            nextChurnMs = history.nowMs() + 5_000 + churn.nextInt(15_000);
        }
    }

    /** Without those that cannot be done here, which are told. */
    private Set<Fault> possible(Optional<ShardMoves> moves) throws IOException, InterruptedException {
        Set<Fault> wanted =
                plan.plant() == Plant.NONE ? plan.faults() : plan.plant().faults();
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : wanted) {
            if (moves.isEmpty() && !fault.ofProcesses()) {
                continue;
            }
            if (fault.ofTheNetwork() && !BraidCluster.networkCanBeCut()) {
                log.accept("no " + fault.text() + ": whose a connection is cannot be told on this system");
            } else if (fault == Fault.MOVE && !moves.get().available()) {
                log.accept("no move: there is no command 'shards move'");
            } else {
                faults.add(fault);
            }
        }
        return faults;
    }

    private LoadPlan load(LocalCluster cluster) {
        return new LoadPlan(
                plan.client(),
                cluster.bootstrap(),
                RunPlan.TOPIC,
                plan.partitions(),
                WRITERS,
                plan.rate(),
                RECORD_BYTES,
                2,
                3,
                plan.plant().producerSettings(),
                plan.seed());
    }

    private LocalCluster cluster() throws IOException, InterruptedException {
        return plan.kafkaHome().isPresent()
                ? kafka(plan, plan.kafkaHome().get(), plan.directory())
                : new BraidCluster(setup());
    }

    /**
     * As many nodes of Apache Kafka.
     *
     * @param home a distribution, or a directory of jars
     * @param directory for their data and output
     */
    static LocalCluster kafka(RunPlan plan, Path home, Path directory) throws IOException, InterruptedException {
        return KafkaNodes.cluster(
                new KafkaNodes.Setup(home, directory, plan.nodes(), plan.heap(), QUICK_GROUPS_OF_KAFKA));
    }

    private BraidCluster.Setup setup() {
        boolean cuttable = BraidCluster.networkCanBeCut()
                && (plan.plant() != Plant.NONE || plan.faults().stream().anyMatch(Fault::ofTheNetwork));
        boolean smallDisk = plan.plant() == Plant.NONE && plan.faults().contains(Fault.DISK);
        long writtenMib = (plan.lengthMs() * plan.rate() * RECORD_BYTES * 2 / 1000) >> 20;
        return setup(plan, cuttable, smallDisk ? Math.toIntExact(writtenMib * 2 + SMALL_DISK_SPARE_MIB) : 0);
    }

    /** Few shards and small segments, so that a run of minutes has many partitions in a shard, rolls and checkpoints. */
    static BraidCluster.Setup setup(RunPlan plan, boolean cuttable, int smallDiskMib) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("default.replication.factor", Integer.toString(plan.replicas()));
        settings.put("min.insync.replicas", Integer.toString(plan.minInSync()));
        settings.put("shards.per.pool", "8");
        settings.put("log.segment.bytes", Integer.toString(8 << 20));
        settings.put("log.checkpoint.bytes", Integer.toString(1 << 20));
        settings.put("log.min.free.bytes", Integer.toString(32 << 20));
        settings.put("offsets.topic.num.partitions", "8");
        settings.put("group.initial.rebalance.delay.ms", "500");
        settings.put("group.consumer.session.timeout.ms", "6000");
        settings.put("group.consumer.heartbeat.interval.ms", "1000");
        settings.putAll(plan.settings());
        return new BraidCluster.Setup(
                plan.braid(), plan.directory(), plan.nodes(), plan.heap(), cuttable, smallDiskMib, settings);
    }
}
