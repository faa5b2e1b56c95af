package io.braid.perf.scaling;

import io.braid.perf.measure.ClientKind;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.Directories;
import io.braid.perf.nodes.LocalCluster;
import io.braid.perf.nodes.NodeOptions;
import io.braid.perf.scaling.TimeLimit.StepFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf partitions}: what more and more partitions cost a node, and three nodes when one of them dies. */
@Command(
        name = "partitions",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Starts a node of Braid or of Apache Kafka and gives it more and more partitions: creates them, writes"
                        + " a record to each, describes them all, measures time, memory, descriptors, maps and disk, and"
                        + " restarts the node, cleanly and after kill -9. With --nodes 3 it kills one of them under load"
                        + " instead. Prints a JSON line for each number; when a broker goes no further, the line says"
                        + " why.")
public final class PartitionsCommand implements Callable<Integer> {
    private static final int NODES_OF_FAILOVER = 3;

    @Mixin
    private NodeOptions nodeOptions;

    @Option(
            names = "--counts",
            paramLabel = "N,...",
            split = ",",
            defaultValue = "1000,10000,100000,1000000",
            description = "Numbers of partitions, rising (default: ${DEFAULT-VALUE}).")
    private List<Integer> counts;

    @Option(
            names = "--per-topic",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Partitions of a topic (default: ${DEFAULT-VALUE}). Apache Kafka refuses 10,000.")
    private int perTopic;

    @Option(
            names = "--record-bytes",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Of the value that every partition gets (default: ${DEFAULT-VALUE}).")
    private int recordBytes;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "A step that takes longer ends the series (default: ${DEFAULT-VALUE}).")
    private int limitSeconds;

    @Option(names = "--no-restarts", description = "Does not restart the node.")
    private boolean noRestarts;

    @Option(
            names = "--nodes",
            defaultValue = "1",
            description = "1, or 3: fail over, partitions replicated on all three (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--loaded",
            paramLabel = "N",
            defaultValue = "48",
            description = "Fail over: partitions that are written to, beside the others (default: ${DEFAULT-VALUE}).")
    private int loaded;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "2400",
            description = "Fail over: records a second, to all of them together (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--before",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "Fail over: load until the kill (default: ${DEFAULT-VALUE}).")
    private int beforeSeconds;

    @Option(
            names = "--after",
            paramLabel = "SECONDS",
            defaultValue = "25",
            description = "Fail over: load after it (default: ${DEFAULT-VALUE}).")
    private int afterSeconds;

    @Option(
            names = "--client",
            paramLabel = "kafka|braid",
            defaultValue = "kafka",
            description = "Fail over: the library that writes (default: ${DEFAULT-VALUE}).")
    private String client;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "For the nodes' data and output; must be empty and is kept. Default: a temporary directory.")
    private Optional<Path> data = Optional.empty();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        nodeOptions.validate(spec);
        require(nodes == 1 || nodes == NODES_OF_FAILOVER, "--nodes is 1 or 3");
        require(perTopic > 0 && limitSeconds > 0 && loaded > 0 && rate > 0, "numbers must be above 0");
        require(beforeSeconds > 0 && afterSeconds > 0, "--before and --after are at least 1");
        require(client.equals("kafka") || client.equals("braid"), "--client is kafka or braid");
        Path directory = directory();
        try {
            if (nodes == 1) {
                series(directory);
            } else {
                failovers(directory);
            }
        } finally {
            if (data.isEmpty()) {
                Directories.remove(directory);
            }
        }
        return 0;
    }

    private void series(Path directory) throws IOException, InterruptedException {
        SeriesPlan plan;
        try {
            plan = new SeriesPlan(counts, perTopic, recordBytes, limitSeconds, !noRestarts);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        running(nodeOptions.cluster(directory, 1), node -> {
            new PartitionSeries(node, plan, this::say)
                    .run(count -> line("partitions", count).put("recordBytes", recordBytes), this::print);
        });
    }

    private void failovers(Path directory) throws IOException, InterruptedException {
        FailoverRun.Plan plan = new FailoverRun.Plan(loaded, rate, beforeSeconds, afterSeconds, perTopic);
        for (int count : counts) {
            Path own = directory.resolve(Integer.toString(count));
            running(nodeOptions.cluster(own, NODES_OF_FAILOVER), cluster -> {
                ResultLine line = line("failover", count).put("client", client);
                ClientKind kind = client.equals("braid") ? ClientKind.BRAID : ClientKind.KAFKA;
                try (TimeLimit time =
                        new TimeLimit(limitSeconds, () -> !cluster.diedUnasked().isEmpty())) {
                    time.within("failing over", () -> new FailoverRun(cluster, kind, plan, this::say).run(count, line));
                } catch (StepFailed e) {
                    line.put("stopped", e.step() + " failed: " + e.getMessage());
                }
                print(line);
            });
            Directories.remove(own);
        }
    }

    /** What is done with nodes that run. */
    private interface Work {
        void with(LocalCluster nodes) throws IOException, InterruptedException;
    }

    private static void running(LocalCluster cluster, Work work) throws IOException, InterruptedException {
        Thread hook = new Thread(cluster::close);
        Runtime.getRuntime().addShutdownHook(hook);
        try (cluster) {
            cluster.start();
            work.with(cluster);
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private ResultLine line(String workload, int partitions) {
        say(workload + " with " + partitions + " partitions");
        return new ResultLine(workload)
                .put("broker", nodeOptions.broker())
                .put("partitions", partitions)
                .put("partitionsPerTopic", perTopic)
                .put("settings", nodeOptions.settings());
    }

    private Path directory() throws IOException {
        if (data.isEmpty()) {
            return Files.createTempDirectory("braid-partitions-");
        }
        Files.createDirectories(data.get());
        require(Directories.isEmpty(data.get()), data.get() + " is not empty");
        return data.get().toAbsolutePath();
    }

    private void require(boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private void say(String what) {
        spec.commandLine().getErr().println(nodeOptions.broker() + ": " + what);
        spec.commandLine().getErr().flush();
    }

    private void print(ResultLine line) {
        line.print(spec.commandLine().getOut());
    }
}
