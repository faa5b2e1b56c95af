package io.braid.perf.fill;

import io.braid.perf.measure.NodeProcessFigures;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
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

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "An empty directory for the node.")
    private Path data;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the node.")
    private List<String> settings = new ArrayList<>();

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

    private PrintWriter out;
    private boolean wrong;

    @Override
    public Integer call() throws Exception {
        out = spec.commandLine().getOut();
        String braid = System.getProperty("braid.command", "bin/braid");
        FillPlan plan = plan("many", partitions);
        NodeProcess node = start(braid, "start");
        try {
            long heapEmpty = NodeProcessFigures.heapAfterGc(node.pid());
            if (few.isPresent()) {
                fill(node, plan("few", few.get()), (int) ((long) partitions * rounds / few.get()), "fill-few");
            }
            fill(node, plan, rounds, "fill");
            measure(node, heapEmpty);
            check(node, plan, "check");
            if (!noRestarts) {
                node.close();
                node = start(braid, "restart-clean");
                measure(node, heapEmpty);
                check(node, plan, "check-after-restart");
                new Filler(node.address(), plan).fill(rounds, 1);
                rounds++;
                node.kill();
                node = start(braid, "restart-killed");
                measure(node, heapEmpty);
                check(node, plan, "check-after-kill");
            }
        } finally {
            node.close();
        }
        return wrong ? 1 : 0;
    }

    private FillPlan plan(String topic, int topicPartitions) {
        int perRequest = Math.min(partitionsPerRequest, topicPartitions);
        return new FillPlan(topic, topicPartitions, recordBytes, perRequest, connections, inFlight, idempotent);
    }

    private NodeProcess start(String braid, String step) throws IOException {
        NodeProcess node = NodeProcess.start(braid, data, settings);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("readyMs", node.readyMs());
        figures.put("nodeCpuMs", NodeProcessFigures.cpuMs(node.pid()));
        print(step, figures);
        return node;
    }

    private void fill(NodeProcess node, FillPlan plan, int times, String step)
            throws IOException, InterruptedException, ExecutionException {
        InetSocketAddress address = node.address();
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", address.getHostString() + ":" + address.getPort()))) {
            admin.createTopics(List.of(new NewTopic(plan.topic(), plan.partitions(), (short) 1)))
                    .all()
                    .get();
        }
        long cpuBefore = NodeProcessFigures.cpuMs(node.pid());
        long started = System.nanoTime();
        new Filler(address, plan).fill(0, times);
        long ms = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("partitions", plan.partitions());
        figures.put("records", (long) plan.partitions() * times);
        figures.put("ms", ms);
        figures.put("recordsPerSecond", (long) plan.partitions() * times * 1000 / ms);
        figures.put("nodeCpuMs", NodeProcessFigures.cpuMs(node.pid()) - cpuBefore);
        print(step, figures);
    }

    private void measure(NodeProcess node, long heapEmpty) throws IOException {
        long heap = NodeProcessFigures.heapAfterGc(node.pid());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("heapAfterGcBytes", heap);
        figures.put("heapBytesPerPartition", (heap - heapEmpty) / partitions);
        figures.putAll(NodeProcessFigures.process(node.pid()));
        figures.put("diskBytes", NodeProcessFigures.diskBytes(data));
        print("measure", figures);
    }

    private void check(NodeProcess node, FillPlan plan, String step) throws IOException {
        Reader reader = new Reader(node.address(), plan);
        long cpuBefore = NodeProcessFigures.cpuMs(node.pid());
        long started = System.nanoTime();
        reader.check(rounds);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("good", reader.records());
        figures.put("wanted", (long) plan.partitions() * rounds);
        figures.put("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
        figures.put("nodeCpuMs", NodeProcessFigures.cpuMs(node.pid()) - cpuBefore);
        print(step, figures);
        reader.problems().forEach(problem -> spec.commandLine().getErr().println("fill: " + problem));
        wrong |= !reader.problems().isEmpty() || reader.records() != (long) plan.partitions() * rounds;
    }

    private void print(String step, Map<String, Object> figures) {
        StringBuilder line = new StringBuilder("{\"step\":\"").append(step).append('"');
        figures.forEach(
                (name, value) -> line.append(",\"").append(name).append("\":").append(value));
        out.println(line.append('}'));
        out.flush();
    }
}
