package io.braid.perf.groups;

import io.braid.perf.measure.LatencyRecorder;
import io.braid.perf.measure.NodeProcessFigures;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.UsageWindow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf groups many}: very many groups, and what their heartbeats cost. */
@Command(
        name = "many",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Forms many groups of one member each (KIP-848) on one broker, by requests made by hand over one"
                + " connection, and then sends heartbeats of all of them in turn, 16 at a time.")
final class ManyCommand implements Callable<Integer> {

    @Mixin
    private GroupOptions options;

    @Option(names = "--groups", defaultValue = "1000", description = "Default: ${DEFAULT-VALUE}.")
    private int groups;

    @Option(
            names = "--partitions",
            defaultValue = "10",
            description = "Of the topic to which all subscribe (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(names = "--warm-up", paramLabel = "SECONDS", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int warmUpSeconds;

    @Option(names = "--seconds", defaultValue = "10", description = "Of heartbeats (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (groups < 1 || partitions < 1 || seconds < 1 || warmUpSeconds < 0) {
            throw new ParameterException(spec.commandLine(), "the numbers must be positive");
        }
        String run = "many-" + Long.toString(System.nanoTime(), 36);
        Properties client = new Properties();
        client.put("bootstrap.servers", options.bootstrap());
        try (Admin admin = Admin.create(client)) {
            ResultLine line = options.line("groups-many", admin).put("groups", groups).put("partitions", partitions);
            admin.createTopics(List.of(new NewTopic(run, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            List<HeartbeatMember> members = IntStream.range(0, groups)
                    .mapToObj(i -> new HeartbeatMember(run + "-" + i, run))
                    .toList();
            try (HeartbeatLoad load = new HeartbeatLoad(broker(), members)) {
                measure(load, line);
            }
            admin.deleteTopics(List.of(run)).all().get(60, TimeUnit.SECONDS);
            line.print(spec.commandLine().getOut());
        }
        return 0;
    }

    private void measure(HeartbeatLoad load, ResultLine line) throws IOException, InterruptedException {
        load.awaitCoordinators();
        Optional<Long> heapBefore = heap();
        long startedNs = System.nanoTime();
        load.join();
        double joinSeconds = (System.nanoTime() - startedNs) / 1e9;
        line.put("joinMs", joinSeconds * 1e3).put("joinsPerS", groups / joinSeconds);
        Optional<Long> heapAfter = heap();
        if (heapBefore.isPresent() && heapAfter.isPresent()) {
            line.put("heapBytesPerGroup", (double) (heapAfter.get() - heapBefore.get()) / groups);
        }
        load.beat(TimeUnit.SECONDS.toNanos(warmUpSeconds), new LatencyRecorder());
        LatencyRecorder took = new LatencyRecorder();
        UsageWindow window = UsageWindow.start(options.pids());
        long beats = load.beat(TimeUnit.SECONDS.toNanos(seconds), took);
        UsageWindow.Usage usage = window.stop();
        line.put("heartbeats", beats)
                .put("heartbeatsPerS", beats / usage.seconds())
                .put("cpuMicrosPerHeartbeat", usage.brokerCpuSeconds() * 1e6 / beats);
        took.putInto(line, "");
    }

    /** Of the only broker that is named. */
    private Optional<Long> heap() throws IOException {
        return options.pids().size() == 1
                ? Optional.of(NodeProcessFigures.heapAfterGc(options.pids().get(0)))
                : Optional.empty();
    }

    private InetSocketAddress broker() {
        String first = options.bootstrap().split(",", 2)[0];
        int colon = first.lastIndexOf(':');
        if (colon < 0) {
            throw new ParameterException(spec.commandLine(), "--bootstrap is HOST:PORT");
        }
        return new InetSocketAddress(first.substring(0, colon), Integer.parseInt(first.substring(colon + 1)));
    }
}
