package io.braid.perf.chaos.cluster;

import io.braid.perf.nodes.BraidNodes;
import io.braid.perf.nodes.Commands;
import io.braid.perf.nodes.LocalCluster;
import io.braid.perf.nodes.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Nodes of Braid, each started by {@code bin/braid start}; the first three (or fewer) are controllers too. With a network
 * that can be cut, a node's listeners for other nodes stand at 127.0.1.ID, and a proxy for each at 127.0.0.1, which is
 * the address that all nodes know.
 */
public final class BraidCluster extends LocalCluster {
    private static final Duration COMMAND = Duration.ofSeconds(60);

    private final Setup setup;
    private final Ports ports;
    private final Links links = new Links();
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
        this(setup, Ports.free(setup.nodes()));
    }

    private BraidCluster(Setup setup, Ports ports) throws IOException, InterruptedException {
        super(BraidNodes.cluster(
                new BraidNodes.Setup(
                        setup.command(), setup.directory(), setup.nodes(), setup.heap(), setup.settings()),
                ports,
                node -> host(setup, node)));
        this.setup = setup;
        this.ports = ports;
        this.smallDisk = new SmallDisk(data(setup.nodes()), setup.smallDiskMib());
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

    /** Nodes 1 to this are controllers. */
    public int controllers() {
        return BraidNodes.controllers(setup.nodes());
    }

    // ---- faults

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

    /** Runs {@code bin/braid}. */
    Commands.Outcome braid(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(setup.command().toString()));
        command.addAll(arguments);
        return Commands.run(COMMAND, command, Map.of("BRAID_BUILD", "off"));
    }

    @Override
    public void close() {
        super.close();
        proxies.values().forEach(each -> each.forEach(LinkProxy::close));
        smallDisk.close();
    }

    // ---- how they are started

    @Override
    public void launch(int node, List<String> more) throws IOException {
        super.launch(node, more);
        synchronized (pids) {
            pids.put(node, pid(node));
        }
    }

    private static String host(Setup setup, int node) {
        return setup.cuttable() ? "127.0.1." + node : "127.0.0.1";
    }

    private byte[] hostBytes(int node) {
        return setup.cuttable() ? new byte[] {127, 0, 1, (byte) node} : new byte[] {127, 0, 0, 1};
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
                new InetSocketAddress(InetAddress.getByAddress(hostBytes(node)), port),
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
