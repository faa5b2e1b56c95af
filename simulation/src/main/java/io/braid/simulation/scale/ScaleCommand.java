package io.braid.simulation.scale;

import io.braid.broker.cli.Json;
import io.braid.simulation.scale.ScaleRun.CostsFrom;
import io.braid.simulation.scale.ScaleRun.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid simulate scale}: one size in full, and series of smaller ones that differ in one thing each. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Drives the metadata of a large cluster in one process: how large it is, what events cost, how news"
                        + " spread to brokers and clients. A JSON line for each result.")
public final class ScaleCommand implements Callable<Integer> {
    @Option(
            names = "--brokers",
            defaultValue = "1000",
            description = "Brokers of the full size (default: ${DEFAULT-VALUE}).")
    private int brokers;

    @Option(names = "--racks", defaultValue = "10", description = "Racks (default: ${DEFAULT-VALUE}).")
    private int racks;

    @Option(
            names = "--partitions",
            defaultValue = "100000000",
            description = "Partitions of all topics (default: ${DEFAULT-VALUE}).")
    private long partitions;

    @Option(names = "--topics", defaultValue = "200000", description = "Topics (default: ${DEFAULT-VALUE}).")
    private int topics;

    @Option(names = "--shards", defaultValue = "64000", description = "Shards (default: ${DEFAULT-VALUE}).")
    private int shards;

    @Option(names = "--clients", defaultValue = "10000", description = "Clients (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--topics-per-client",
            defaultValue = "10",
            description = "Topics that a client watches (default: ${DEFAULT-VALUE}).")
    private int topicsPerClient;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "What is random is drawn from it (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--fan-out",
            split = ",",
            defaultValue = "2,4,8",
            description = "Fan-outs of gossip (default: ${DEFAULT-VALUE}).")
    private List<Integer> fanOuts;

    @Option(
            names = "--costs",
            defaultValue = "MEASURED",
            description =
                    "Processor time of the shipped code: measured in this run, or stated, with which the same seed"
                            + " gives the same delays (default: ${DEFAULT-VALUE}).")
    private CostsFrom costs;

    @Option(names = "--no-series", description = "The full size only.")
    private boolean fullOnly;

    @Option(names = "--report", paramLabel = "DIR", description = "Writes the lines, a report and its plots there.")
    private Path report;

    @Spec
    private CommandSpec spec;

    /** 0, or an exception where an image or a table is not as it must be. */
    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<Map<String, Object>> lines = new ArrayList<>();
        Consumer<Map<String, Object>> printed = line -> {
            lines.add(line);
            out.println(Json.of(line));
            out.flush();
        };
        ClusterSize full = new ClusterSize(brokers, racks, topics, partitions, shards, clients, topicsPerClient);
        new ScaleRun("full", full, fullPlan(), seed, printed).run();
        if (!fullOnly) {
            for (Series.Point point : Series.below(full)) {
                new ScaleRun(point.series(), point.size(), seriesPlan(), seed, printed).run();
            }
        }
        if (report != null) {
            new ScaleReport(lines).write(report);
        }
        return 0;
    }

    private Plan fullPlan() {
        return new Plan(
                costs,
                LinkModel.DEFAULT,
                fanOuts,
                List.of(
                        Happening.BROKER_LOSS,
                        Happening.BROKER_RETURN,
                        Happening.RACK_LOSS,
                        Happening.BIG_TOPIC,
                        Happening.MANY_TOPICS),
                List.of(Happening.values()),
                true,
                true);
    }

    private Plan seriesPlan() {
        List<Happening> losses = List.of(Happening.BROKER_LOSS, Happening.BIG_TOPIC);
        return new Plan(costs, LinkModel.DEFAULT, List.of(4), losses, losses, true, true);
    }
}
