package io.braid.perf.chaos;

import io.braid.perf.chaos.check.PhaseLatencies;
import io.braid.perf.chaos.check.Report;
import io.braid.perf.chaos.cluster.BraidCluster;
import io.braid.perf.chaos.cluster.ExternalCluster;
import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.nodes.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** The runs that do one thing, as an operator does it, and what they show. Used by one thread. */
final class Scenarios {
    private final RunPlan plan;
    private final ScenarioOptions options;
    private final Consumer<String> log;

    Scenarios(RunPlan plan, ScenarioOptions options, Consumer<String> log) {
        this.plan = plan;
        this.options = options;
        this.log = log;
    }

    /**
     * What a scenario came to.
     *
     * @param about further figures, by name
     */
    record Outcome(Report report, Map<String, Object> about, boolean good, Path history) {}

    /** All nodes restarted in order: of Braid, of Kafka, or of a cluster that runs. */
    Outcome rolling() throws IOException, InterruptedException {
        if (options.bootstrap != null) {
            return rolling(
                    "cluster",
                    plan.directory(),
                    new ExternalCluster(options.bootstrap, plan.nodes(), options.stopCommand, options.startCommand));
        }
        return plan.kafkaHome().isPresent() ? rollingKafka(plan.kafkaHome().get()) : rollingBraid();
    }

    Outcome rollingBraid() throws IOException, InterruptedException {
        return rolling("braid", plan.directory(), new BraidCluster(ChaosRun.setup(plan, false, 0)));
    }

    /** @param home a distribution, or a directory of jars */
    Outcome rollingKafka(Path home) throws IOException, InterruptedException {
        Path directory = plan.directory().resolve("kafka");
        return rolling("kafka", directory, ChaosRun.kafka(plan, home, directory));
    }

    private Outcome rolling(String broker, Path directory, Cluster cluster) throws IOException, InterruptedException {
        Path history = directory.resolve(RunPlan.HISTORY);
        new RollingRun(cluster, plan.client(), history, plan.partitions(), plan.rate(), plan.seed(), log).run();
        Report report = CheckCommand.check(history);
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("scenario", options.scenario);
        about.put("broker", broker);
        about.put("client", plan.client().name().toLowerCase(Locale.ROOT));
        about.put("nodes", plan.nodes());
        boolean good = report.valid() && report.errors().isEmpty();
        return new Outcome(report, about, good, history);
    }

    /** A fourth broker joins and gets its share. */
    Outcome grow() throws IOException, InterruptedException {
        BraidCluster cluster = new BraidCluster(ChaosRun.setup(plan, false, 0));
        GrowRun.Settings settings = new GrowRun.Settings(
                plan.client(),
                plan.partitions(),
                plan.rate(),
                options.recordBytes,
                options.fillSeconds,
                options.calmSeconds,
                options.copyRate,
                plan.seed());
        GrowRun.Result result = new GrowRun(cluster, plan.history(), settings, log).run();
        PhaseLatencies latencies = new PhaseLatencies();
        HistoryFile.read(plan.history(), latencies);
        Report report = CheckCommand.check(plan.history());
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("scenario", options.scenario);
        about.put("broker", "braid");
        about.put("moves", result.plan().moves());
        about.put("bytes-moved", result.plan().bytes());
        about.put("bytes-bound", result.plan().boundBytes());
        about.put("bytes-at-new-broker", result.arrivedBytes());
        about.put("balance-ms", result.balanceMs());
        for (String phase : new String[] {GrowRun.BEFORE, GrowRun.DURING, GrowRun.AFTER}) {
            about.put("produce-p50-ms-" + phase, latencies.quantileMs(phase, 0.5));
            about.put("produce-p99-ms-" + phase, latencies.quantileMs(phase, 0.99));
        }
        return new Outcome(report, about, report.valid() && report.errors().isEmpty(), plan.history());
    }
}
