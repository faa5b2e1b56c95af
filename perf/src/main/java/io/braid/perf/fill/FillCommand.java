package io.braid.perf.fill;

import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.NodeProcessFigures;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.BraidNodes;
import io.braid.perf.nodes.LocalCluster;
import io.braid.perf.wire.FillPlan;
import io.braid.perf.wire.Filler;
import io.braid.perf.wire.Reader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid perf fill}: a node of its own, very many partitions with data, and what they cost. */
@Command(
        name = "fill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Starts a node, writes to every partition of a topic, measures, reads every record back and checks it,"
                        + " restarts the node, kills it, starts it again, and reads again. Prints a JSON object for each"
                        + " step; exits with 1 when a record is wrong or missing. The node's heap: BRAID_HEAP.")
public final class FillCommand implements Callable<Integer> {
    private static final int NODE = 1;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "An empty directory for the node.")
    private Path data;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the node.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--partitions", defaultValue = "1000000", description = "Of the topic. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(names = "--rounds", defaultValue = "1", description = "Records in each. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--record-bytes", defaultValue = "1024", description = "Of a value. Default: ${DEFAULT-VALUE}.")
    private int recordBytes;

    @Option(
            names = "--batch-partitions",
            defaultValue = "1000",
            description = "Partitions, a batch each, in a request. Default: ${DEFAULT-VALUE}.")
    private int partitionsPerRequest;

    @Option(names = "--connections", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--in-flight",
            defaultValue = "4",
            description = "Requests a connection. Default: ${DEFAULT-VALUE}.")
    private int inFlight;

    @Option(
            names = "--idempotent",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "A producer for each partition. Default: ${DEFAULT-VALUE}.")
    private boolean idempotent;

    @Option(names = "--no-restarts", description = "Fill, measure and read only.")
    private boolean noRestarts;

    @Option(names = "--few", paramLabel = "N", description = "First the same number of records over N partitions only.")
    private Optional<Integer> few = Optional.empty();

    @Spec
    private CommandSpec spec;

    private boolean wrong;

    @Override
    public Integer call() throws Exception {
        LocalCluster node = BraidNodes.cluster(new BraidNodes.Setup(BraidNodes.command(), data, 1, heap(), settings));
        FillPlan plan = plan("many", partitions);
        try (node) {
            start(node, "start");
            long heapEmpty = NodeProcessFigures.heapAfterGc(node.pid(NODE));
            if (few.isPresent()) {
                fill(node, plan("few", few.get()), (int) ((long) partitions * rounds / few.get()), "fill-few");
            }
            fill(node, plan, rounds, "fill");
            measure(node, heapEmpty);
            check(node, plan, "check");
            if (!noRestarts) {
                node.stop(NODE);
                start(node, "restart-clean");
                measure(node, heapEmpty);
                check(node, plan, "check-after-restart");
                new Filler(node.address(NODE), plan).fill(rounds, 1);
                rounds++;
                node.kill(NODE);
                start(node, "restart-killed");
                measure(node, heapEmpty);
                check(node, plan, "check-after-kill");
            }
        }
        return wrong ? 1 : 0;
    }

    private static String heap() {
        return Optional.ofNullable(System.getenv("BRAID_HEAP")).orElse("1g");
    }

    private FillPlan plan(String topic, int topicPartitions) {
        int perRequest = Math.min(partitionsPerRequest, topicPartitions);
        LoadTopics topics = new LoadTopics(topic, topicPartitions, topicPartitions, 1);
        return new FillPlan(topics, recordBytes, perRequest, connections, inFlight, idempotent, true);
    }

    private void start(LocalCluster node, String step) throws IOException, InterruptedException {
        long startedNs = System.nanoTime();
        node.start();
        print(line(step)
                .put("readyMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs))
                .put("nodeCpuMs", NodeProcessFigures.cpuMs(node.pid(NODE))));
    }

    private void fill(LocalCluster node, FillPlan plan, int times, String step)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
            plan.topics().create(admin);
        }
        long cpuBefore = NodeProcessFigures.cpuMs(node.pid(NODE));
        long startedNs = System.nanoTime();
        new Filler(node.address(NODE), plan).fill(0, times);
        long ms = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs));
        print(line(step)
                .put("partitions", plan.partitions())
                .put("records", (long) plan.partitions() * times)
                .put("ms", ms)
                .put("recordsPerS", (long) plan.partitions() * times * 1000 / ms)
                .put("nodeCpuMs", NodeProcessFigures.cpuMs(node.pid(NODE)) - cpuBefore));
    }

    private void measure(LocalCluster node, long heapEmpty) throws IOException {
        long heap = NodeProcessFigures.heapAfterGc(node.pid(NODE));
        print(line("measure")
                .put("heapAfterGcBytes", heap)
                .put("heapBytesPerPartition", (heap - heapEmpty) / partitions)
                .putAll(NodeProcessFigures.process(node.pid(NODE)))
                .put("diskBytes", NodeProcessFigures.diskBytes(node.data(NODE))));
    }

    private void check(LocalCluster node, FillPlan plan, String step) throws IOException {
        Reader reader = new Reader(node.address(NODE), plan);
        long cpuBefore = NodeProcessFigures.cpuMs(node.pid(NODE));
        long startedNs = System.nanoTime();
        reader.check(rounds);
        print(line(step)
                .put("good", reader.records())
                .put("wanted", (long) plan.partitions() * rounds)
                .put("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs))
                .put("nodeCpuMs", NodeProcessFigures.cpuMs(node.pid(NODE)) - cpuBefore));
        reader.problems().forEach(problem -> spec.commandLine().getErr().println("fill: " + problem));
        wrong |= !reader.problems().isEmpty() || reader.records() != (long) plan.partitions() * rounds;
    }

    private static ResultLine line(String step) {
        return new ResultLine("fill").put("broker", "braid").put("step", step);
    }

    private void print(ResultLine line) {
        line.print(spec.commandLine().getOut());
    }
}
