package io.braid.perf.chaos.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Nodes of Braid, each started by {@code bin/braid start}; the first three (or fewer) are controllers too. With a network
 * that can be cut, a node's listeners for other nodes stand at 127.0.1.ID, and a proxy for each at 127.0.0.1, which is
 * the address that all nodes know.
 */
public final class BraidCluster implements Cluster {
    private static final int MOST_CONTROLLERS = 3;
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Duration COMMAND = Duration.ofSeconds(60);

    private final Setup setup;
    private final Ports ports;
    private final Links links = new Links();
    private final Map<Integer, NodeProcess> nodes = new LinkedHashMap<>();
    private final Map<Integer, List<LinkProxy>> proxies = new LinkedHashMap<>();
    private final Map<Integer, Long> pids = new HashMap<>();
    private final SmallDisk smallDisk;

    /**
     * How the nodes are to be.
     *
     * @param command bin/braid
     * @param directory for their data and output
     * @param heap of each, as -Xmx takes it
     * @param cuttable whether the network between them can be cut
     * @param smallDiskMib size of the disk of the last node, where it may be mounted; 0 for an ordinary directory
     * @param settings of every node
     */
    public record Setup(
            Path command,
            Path directory,
            int nodes,
            String heap,
            boolean cuttable,
            int smallDiskMib,
            Map<String, String> settings) {
        public Setup {
            settings = Map.copyOf(settings);
        }
    }

    public BraidCluster(Setup setup) throws IOException, InterruptedException {
        this.setup = setup;
        this.ports = Ports.free(setup.nodes());
        Files.createDirectories(setup.directory());
        this.smallDisk = new SmallDisk(data(setup.nodes()), setup.smallDiskMib());
        Map<String, String> environment = Map.of("BRAID_BUILD", "off", "BRAID_HEAP", setup.heap());
        for (int node = 1; node <= setup.nodes(); node++) {
            nodes.put(node, new NodeProcess(arguments(node), environment, log(node), "braid ready node=" + node + " "));
        }
        if (setup.cuttable()) {
            for (int node = 1; node <= setup.nodes(); node++) {
                proxies.put(node, proxies(node));
            }
        }
    }

    /** Whether network faults can be made on this machine: it must tell whose a connection is, and have all of 127/8. */
    public static boolean networkCanBeCut() {
        return SocketOwners.available() && System.getProperty("os.name").equals("Linux");
    }

    @Override
    public int size() {
        return setup.nodes();
    }

    /** Nodes 1 to this are controllers. */
    public int controllers() {
        return Math.min(setup.nodes(), MOST_CONTROLLERS);
    }

    @Override
    public String bootstrap() {
        return nodes.keySet().stream()
                .map(node -> "127.0.0.1:" + ports.of(node, Ports.KAFKA))
                .collect(Collectors.joining(","));
    }

    @Override
    public void start() throws IOException, InterruptedException {
        start(size());
    }

    /** Starts nodes 1 to this and waits until they serve; controllers must be among them. */
    public void start(int first) throws IOException, InterruptedException {
        for (int node = 1; node <= first; node++) {
            launch(node);
        }
        for (int node = 1; node <= first; node++) {
            if (!awaitReady(node, Duration.ofMinutes(3))) {
                throw new IOException("node " + node + " did not come to serve: see " + log(node));
            }
        }
    }

    @Override
    public void launch(int node) throws IOException {
        launch(node, List.of());
    }

    @Override
    public boolean awaitReady(int node, Duration timeout) throws InterruptedException {
        return nodes.get(node).awaitReady(timeout);
    }

    @Override
    public void stop(int node) throws IOException, InterruptedException {
        nodes.get(node).terminate(STOP);
    }

    // ---- faults

    public boolean runs(int node) {
        return nodes.get(node).runs();
    }

    public boolean paused(int node) {
        return nodes.get(node).paused();
    }

    /** kill -9. */
    public void kill(int node) throws InterruptedException {
        nodes.get(node).kill();
    }

    /** SIGSTOP: it answers nobody, and its connections stay. */
    public void pause(int node) throws IOException, InterruptedException {
        nodes.get(node).pause();
    }

    /** SIGCONT. */
    public void resume(int node) throws IOException, InterruptedException {
        nodes.get(node).resume();
    }

    /** What is between the nodes; without effect unless the network can be cut. */
    public Links links() {
        return links;
    }

    /** Closes all connections between two nodes. */
    public void drop(int a, int b) {
        proxies.getOrDefault(a, List.of()).forEach(proxy -> proxy.drop(b));
        proxies.getOrDefault(b, List.of()).forEach(proxy -> proxy.drop(a));
    }

    /** Removes all data of a node that does not run. */
    public void wipe(int node) throws IOException {
        if (runs(node)) {
            throw new IllegalStateException("node " + node + " runs");
        }
        for (int attempt = 0; ; attempt++) {
            try {
                smallDisk.clearOrRemove(data(node));
                return;
            } catch (IOException e) {
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    /**
     * Lets a controller without data come back, as docs/architecture.md says: {@code bin/braid quorum replace}.
     *
     * @return what the command said if it did not succeed, else nothing
     */
    public String replaceController(int node) throws IOException, InterruptedException {
        if (node > controllers()) {
            return "";
        }
        Commands.Outcome outcome = quorum(List.of("quorum", "replace", Integer.toString(node)));
        return outcome.ok() ? "" : outcome.output();
    }

    /**
     * Leaves the last node no room to write: fills its small disk or, where none could be mounted, starts it again with a
     * limit that its disk does not meet.
     *
     * @return how it was done
     */
    public String fillDisk() throws IOException, InterruptedException {
        if (smallDisk.mounted()) {
            smallDisk.fill();
            return "filled";
        }
        int node = size();
        stop(node);
        launch(node, List.of("--set", "log.min.free.bytes=" + Long.MAX_VALUE / 2));
        return "started with a limit above all there is, as no disk can be mounted here";
    }

    /** Undoes {@link #fillDisk}. */
    public void emptyDisk() throws IOException, InterruptedException {
        if (smallDisk.mounted()) {
            smallDisk.release();
        } else {
            stop(size());
            launch(size());
        }
    }

    /** Runs {@code bin/braid} with the address of a controller that runs. */
    Commands.Outcome quorum(List<String> arguments) throws IOException, InterruptedException {
        int controller = IntStream.rangeClosed(1, controllers())
                .filter(id -> runs(id) && !paused(id))
                .findFirst()
                .orElse(1);
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--controller", "127.0.0.1:" + ports.of(controller, Ports.CONTROLLER)));
        return braid(all);
    }

    /** Runs {@code bin/braid} with the addresses of all brokers. */
    Commands.Outcome operate(List<String> arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--bootstrap", bootstrap()));
        return braid(all);
    }

    /** Runs {@code bin/braid}. */
    Commands.Outcome braid(List<String> arguments) throws IOException, InterruptedException {
        return braid(arguments, COMMAND);
    }

    Commands.Outcome braid(List<String> arguments, Duration timeout) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(setup.command().toString()));
        command.addAll(arguments);
        return Commands.run(timeout, command, Map.of("BRAID_BUILD", "off"));
    }

    /** Ends that nobody asked for, in words, each told once; from any thread. */
    public List<String> diedUnasked() {
        return nodes.entrySet().stream()
                .filter(node -> node.getValue().diedUnasked())
                .map(node -> "node " + node.getKey() + " ended with status "
                        + node.getValue().exitStatus() + "; see " + log(node.getKey()))
                .collect(Collectors.toList());
    }

    @Override
    public void close() {
        nodes.values().forEach(node -> {
            try {
                node.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        proxies.values().forEach(each -> each.forEach(LinkProxy::close));
        smallDisk.close();
    }

    // ---- how they are started

    private void launch(int node, List<String> more) throws IOException {
        nodes.get(node).launch(more);
        synchronized (pids) {
            pids.put(node, nodes.get(node).pid());
        }
    }

    private Path data(int node) {
        return setup.directory().resolve("node-" + node);
    }

    private Path log(int node) {
        return setup.directory().resolve("node-" + node + ".log");
    }

    private String host(int node) {
        return setup.cuttable() ? "127.0.1." + node : "127.0.0.1";
    }

    private byte[] address(int node) {
        return setup.cuttable() ? new byte[] {127, 0, 1, (byte) node} : new byte[] {127, 0, 0, 1};
    }

    private List<String> arguments(int node) {
        Map<String, String> settings = new LinkedHashMap<>(setup.settings());
        settings.put("node.id", Integer.toString(node));
        settings.put("process.roles", node <= controllers() ? "broker,controller" : "broker");
        settings.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, controllers())
                        .mapToObj(id ->
                                id + "@127.0.0.1:" + ports.of(id, Ports.CONTROLLER) + ":" + ports.of(id, Ports.RAFT))
                        .collect(Collectors.joining(",")));
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + ports.of(node, Ports.KAFKA));
        settings.put("controller.listener", host(node) + ":" + ports.of(node, Ports.CONTROLLER));
        settings.put("raft.listener", host(node) + ":" + ports.of(node, Ports.RAFT));
        settings.put("inter.broker.listener", host(node) + ":" + ports.of(node, Ports.BROKER));
        settings.put("advertised.inter.broker.listener", "127.0.0.1:" + ports.of(node, Ports.BROKER));
        settings.put("admin.listener", "127.0.0.1:" + ports.of(node, Ports.ADMIN));
        List<String> arguments = new ArrayList<>(List.of(
                setup.command().toString(), "start", "--data", data(node).toString()));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments;
    }

    private List<LinkProxy> proxies(int node) throws IOException {
        List<LinkProxy> made = new ArrayList<>();
        made.add(proxy(node, Links.Lane.BROKER, Ports.BROKER));
        if (node <= controllers()) {
            made.add(proxy(node, Links.Lane.CONTROLLER, Ports.CONTROLLER));
            made.add(proxy(node, Links.Lane.RAFT, Ports.RAFT));
        }
        return made;
    }

    private LinkProxy proxy(int node, Links.Lane lane, int kind) throws IOException {
        int port = ports.of(node, kind);
        return new LinkProxy(
                links,
                lane,
                node,
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port),
                new InetSocketAddress(InetAddress.getByAddress(address(node)), port),
                this::owner);
    }

    private int owner(int localPort, int remotePort) {
        Map<Integer, Long> now;
        synchronized (pids) {
            now = new HashMap<>(pids);
        }
        return SocketOwners.find(localPort, remotePort, now);
    }
}
