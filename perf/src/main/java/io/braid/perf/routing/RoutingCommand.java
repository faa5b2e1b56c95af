package io.braid.perf.routing;

import io.braid.client.producer.Producer;
import io.braid.client.producer.Serializer;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.Directories;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf routing}. Exit code 1 when a record failed, or a leader change was never seen by the watch. */
@Command(
        name = "routing",
        mixinStandardHelpOptions = true,
        description = {
            "Compares three ways of learning who leads, while leaders change under load: by errors (Kafka's), by"
                    + " asking at an interval, and by the metadata watch.",
            "It starts three nodes of its own, whose logs say when a change was applied. A JSON line for each way goes"
                    + " to standard output, a table to standard error."
        })
public final class RoutingCommand implements Callable<Integer> {
    private static final Duration CLOSE = Duration.ofSeconds(30);

    @Option(
            names = "--way",
            paramLabel = "error|periodic|watch,...",
            split = ",",
            defaultValue = "error,periodic,watch",
            description = "Which, in this order (default: ${DEFAULT-VALUE}).")
    private List<String> ways = new ArrayList<>();

    @Option(
            names = "--kind",
            paramLabel = "elect|stop|kill",
            defaultValue = "elect",
            description = "How leaders change: elections shard by shard, or nodes stopped (SIGTERM) or killed in turn"
                    + " (default: ${DEFAULT-VALUE}).")
    private String kind;

    @Option(
            names = "--changes",
            paramLabel = "N",
            defaultValue = "60",
            description = "Elections, or nodes stopped, for each way (default: ${DEFAULT-VALUE}).")
    private int changes;

    @Option(names = "--pause-ms", defaultValue = "300", description = "After each (default: ${DEFAULT-VALUE}).")
    private long pauseMs;

    @Option(
            names = "--interval-ms",
            defaultValue = "1000",
            description = "At which the periodic way asks (default: ${DEFAULT-VALUE}).")
    private long intervalMs;

    @Option(names = "--partitions", defaultValue = "12", description = "Of the topic (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(names = "--rate", defaultValue = "2000", description = "Records a second (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--size", defaultValue = "1024", description = "Bytes of a value (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Of load before the first change of each way (default: ${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(names = "--heap", defaultValue = "512m", description = "Of each node (default: ${DEFAULT-VALUE}).")
    private String heap;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        require(changes >= 1 && partitions >= 1 && rate >= 1, "--changes, --partitions and --rate are at least 1");
        require(pauseMs >= 0 && intervalMs >= 1 && warmUpSeconds >= 0 && size >= 0, "a time or size is below zero");
        List<Way> chosen = ways.stream().map(way -> constant(Way.class, way)).toList();
        Kind how = constant(Kind.class, kind);
        Path directory = Files.createTempDirectory("braid-routing-");
        List<Comparison> results = new ArrayList<>();
        try (RoutingCluster cluster = new RoutingCluster(directory, heap, partitions)) {
            err().println("routing: starting three nodes");
            err().flush();
            cluster.start();
            for (int i = 0; i < chosen.size(); i++) {
                results.add(run(cluster, chosen.get(i), how, i + 1));
            }
        } finally {
            Directories.remove(directory);
        }
        err().println(Comparison.tableHead());
        results.forEach(result -> err().println(result.tableRow()));
        err().flush();
        return results.stream().allMatch(Comparison::good) ? 0 : 1;
    }

    private <E extends Enum<E>> E constant(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw new ParameterException(spec.commandLine(), "not one of those allowed: " + text);
    }

    private void require(boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private Comparison run(RoutingCluster cluster, Way way, Kind how, int turn)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        err().println("routing: " + way.text() + ", " + changes + " x " + how.text());
        err().flush();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Sightings sightings = new Sightings(cluster.topic(), partitions);
        Producer<byte[], byte[]> producer = Producer.builder(
                        cluster.bootstrap(), Serializer.bytes(), Serializer.bytes())
                .client(client -> {
                    way.configure(client.routingListener(sightings), Duration.ofMillis(intervalMs));
                    client.clientId("routing-" + way.text());
                })
                .metrics(registry)
                .build();
        SteadyLoad load = new SteadyLoad(producer, cluster.topic(), partitions, rate, size);
        Thread sender = new Thread(load, "routing-load");
        long refused;
        long fromMs;
        long toMs;
        try {
            sender.start();
            TimeUnit.SECONDS.sleep(warmUpSeconds);
            double refusedBefore = registry.counter("braid.producer.retries", "client.id", "routing-" + way.text())
                    .count();
            fromMs = System.currentTimeMillis();
            how.make(cluster, changes, turn, pauseMs);
            toMs = System.currentTimeMillis();
            TimeUnit.MILLISECONDS.sleep(how.aroundMs());
            refused = Math.round(registry.counter("braid.producer.retries", "client.id", "routing-" + way.text())
                            .count()
                    - refusedBefore);
        } finally {
            load.stop();
            sender.join();
            producer.close(CLOSE);
        }
        Comparison comparison =
                new Comparison(way, cluster.changes(fromMs, toMs), sightings, load, how.aroundMs(), refused);
        ResultLine line = new ResultLine("routing")
                .put("broker", "braid")
                .put("client", "braid")
                .put("kind", how.text())
                .put("intervalMs", way == Way.PERIODIC ? intervalMs : 0)
                .put("partitions", partitions)
                .put("rate", rate)
                .put("size", size);
        comparison.put(line).print(spec.commandLine().getOut());
        return comparison;
    }
}
