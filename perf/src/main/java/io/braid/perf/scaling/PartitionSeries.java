package io.braid.perf.scaling;

import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.NodeProcessFigures;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.LocalCluster;
import io.braid.perf.scaling.TimeLimit.StepFailed;
import io.braid.perf.wire.FillPlan;
import io.braid.perf.wire.Filler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;

/**
 * One node that gets more and more partitions: at each number they are created, each gets a record, everything is described and
 * measured, and the node is restarted, once cleanly and once after kill -9 with writes that nobody has synced. Owned by one thread.
 */
final class PartitionSeries {
    private static final int NODE = 1;
    private static final int PROBES_AFTER_CREATE = 100;
    private static final int PROBES_AFTER_START = 200;
    private static final int PARTITIONS_A_REQUEST = 1_000;
    private static final int CONNECTIONS = 2;
    private static final int IN_FLIGHT = 4;
    private static final long RETRY_MS = 100;

    private final LocalCluster node;
    private final SeriesPlan plan;
    private final Consumer<String> progress;
    private final Random random = new Random(1);
    private final List<Filled> filled = new ArrayList<>();
    private long heapEmptyBytes;

    /** Topics of one number of partitions and how many rounds were written to them. */
    private static final class Filled {
        private final FillPlan plan;
        private int rounds = 1;

        Filled(FillPlan plan) {
            this.plan = plan;
        }

        LoadTopics topics() {
            return plan.topics();
        }
    }

    /** @param node of one node that runs, without topics */
    PartitionSeries(LocalCluster node, SeriesPlan plan, Consumer<String> progress) {
        this.node = node;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Does one number after the other until a step fails.
     *
     * @param line makes the line of a number of partitions
     * @param out takes the lines; the last one says why it stopped, if it did
     */
    void run(IntFunction<ResultLine> line, Consumer<ResultLine> out) throws IOException, InterruptedException {
        heapEmptyBytes = NodeProcessFigures.heapAfterGc(node.pid(NODE));
        try (NodeLimits limits = new NodeLimits(() -> node.pid(NODE));
                TimeLimit time = new TimeLimit(
                        plan.limitSeconds(), () -> !node.diedUnasked().isEmpty())) {
            for (int count : plan.counts()) {
                ResultLine result = line.apply(count);
                AtomicInteger made = new AtomicInteger(partitions());
                try {
                    grow(count, made, result, time);
                    out.accept(result);
                } catch (StepFailed e) {
                    Stop stop = stop(e, limits);
                    out.accept(result.put("partitionsMade", made.get())
                            .put("stopped", stop.reason())
                            .put("logLines", stop.logLines())
                            .put("fds", limits.seen().mostFds())
                            .put("fdLimit", limits.seen().fdLimit())
                            .put("maps", limits.seen().mostMaps())
                            .put("mapLimit", limits.seen().mapLimit()));
                    return;
                }
            }
        }
    }

    private Stop stop(StepFailed e, NodeLimits limits) throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(500); // what ends is given the time to say why
        limits.look();
        // Where the data lay is of no use to a reader of the report.
        String data = node.data(NODE).toString();
        List<String> said = LogTail.of(node.log(NODE)).stream()
                .map(line -> line.replace(data, "DATA"))
                .toList();
        return Stop.of(new Stop.Evidence(
                e.step(), String.valueOf(e.getMessage()), said, node.exitStatus(NODE), limits.seen()));
    }

    private int partitions() {
        return filled.stream().mapToInt(one -> one.plan.partitions()).sum();
    }

    private void grow(int count, AtomicInteger made, ResultLine line, TimeLimit time)
            throws StepFailed, IOException, InterruptedException {
        int before = partitions();
        LoadTopics topics = new LoadTopics("series-" + count, count - before, plan.perTopic(), 1);
        FillPlan fill = new FillPlan(
                topics,
                plan.recordBytes(),
                Math.min(PARTITIONS_A_REQUEST, topics.partitions()),
                CONNECTIONS,
                IN_FLIGHT,
                true,
                false);
        step(time, "creating partitions", () -> create(topics, before, made, line));
        filled.add(new Filled(fill));
        step(time, "writing a record to every partition", () -> fill(fill, line));
        step(time, "describing everything", () -> {
            MetadataProbe.describe(node.address(NODE), line);
            return null;
        });
        step(time, "measuring", () -> measure(count, line));
        if (plan.restarts()) {
            step(time, "the restart after a clean stop", () -> restart("clean", line, stopping(line)));
            step(time, "writing again", this::writeAgain);
            step(
                    time,
                    "the restart after kill -9",
                    () -> restart("killed", line, () -> {
                        node.kill(NODE);
                        return null;
                    }));
        }
    }

    private <T> void step(TimeLimit time, String name, Callable<T> work) throws StepFailed, InterruptedException {
        long startedNs = System.nanoTime();
        time.within(name, work);
        progress.accept(String.format("%s: %.1f s", name, (System.nanoTime() - startedNs) / 1e9));
    }

    private Void create(LoadTopics topics, int before, AtomicInteger made, ResultLine line) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
            long logBefore = MetadataProbe.logEnd(admin);
            long startedNs = System.nanoTime();
            long cpuBefore = NodeProcessFigures.cpuMs(node.pid(NODE));
            TopicMaker.make(admin, topics, new_ -> made.set(before + new_));
            line.put("newPartitions", topics.partitions())
                    .put("newTopics", topics.topics())
                    .put("createMs", msSince(startedNs));
            Probe.run(node.bootstrap(), List.of(topics), PROBES_AFTER_CREATE, limit(), random);
            line.put("createdMs", msSince(startedNs))
                    .put("createCpuMs", NodeProcessFigures.cpuMs(node.pid(NODE)) - cpuBefore);
            long logAfter = MetadataProbe.logEnd(admin);
            if (logBefore >= 0 && logAfter >= 0) {
                line.put("metadataRecords", logAfter - logBefore);
            }
        }
        return null;
    }

    /** A broker may know of a partition and not yet take its records; what it took already it answers as a duplicate. */
    private Void fill(FillPlan fill, ResultLine line) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            long startedNs = System.nanoTime();
            long cpuBefore = NodeProcessFigures.cpuMs(node.pid(NODE));
            try {
                new Filler(node.address(NODE), fill).fill(0, 1);
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).matches("(?s).*(NOT_LEADER|UNKNOWN_TOPIC|UNKNOWN_SERVER).*")
                        || !node.runs(NODE)) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MS);
                continue;
            }
            double ms = msSince(startedNs);
            line.put("fillMs", ms)
                    .put("fillRecordsPerS", fill.partitions() / ms * 1000)
                    .put("fillCpuMs", NodeProcessFigures.cpuMs(node.pid(NODE)) - cpuBefore)
                    .put("fillAttempts", attempt);
            return null;
        }
    }

    private Void writeAgain() throws IOException, InterruptedException {
        for (Filled one : filled) {
            new Filler(node.address(NODE), one.plan).fill(one.rounds++, 1);
        }
        return null;
    }

    private Void measure(int count, ResultLine line) throws IOException, InterruptedException {
        long heap = NodeProcessFigures.heapAfterGc(node.pid(NODE));
        line.put("heapAfterGcBytes", heap)
                .put("heapBytesPerPartition", (double) (heap - heapEmptyBytes) / count)
                .putAll(NodeProcessFigures.process(node.pid(NODE)));
        DiskUse.putInto(line, node.data(NODE));
        return null;
    }

    private Callable<Void> stopping(ResultLine line) {
        return () -> {
            long startedNs = System.nanoTime();
            node.stop(NODE);
            line.put("cleanStopMs", msSince(startedNs));
            return null;
        };
    }

    /** @param name first part of the names of the figures */
    private Void restart(String name, ResultLine line, Callable<Void> end) throws Exception {
        end.call();
        long startedNs = System.nanoTime();
        List<LoadTopics> topics = filled.stream().map(Filled::topics).toList();
        FutureTask<Void> probe = new FutureTask<>(() -> {
            Probe.run(node.bootstrap(), topics, PROBES_AFTER_START, limit(), random);
            return null;
        });
        Thread prober = new Thread(probe, "probe");
        prober.setDaemon(true);
        node.launch(NODE);
        prober.start();
        if (!node.awaitReady(NODE, limit())) {
            probe.cancel(true);
            throw new IOException("the node did not come to serve");
        }
        line.put(name + "ReadyLineMs", msSince(startedNs));
        try {
            probe.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
        line.put(name + "ReadyMs", msSince(startedNs)).put(name + "CpuMs", NodeProcessFigures.cpuMs(node.pid(NODE)));
        line.put(
                "rssAfterStartBytes", NodeProcessFigures.process(node.pid(NODE)).getOrDefault("rssBytes", 0L));
        return null;
    }

    private Duration limit() {
        return Duration.ofSeconds(plan.limitSeconds());
    }

    private static double msSince(long startedNs) {
        return (System.nanoTime() - startedNs) / 1e6;
    }
}
