package io.braid.perf.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Nodes that run as processes of this machine, whatever broker they are. {@link BraidNodes} and {@link KafkaNodes} make them. */
public class LocalCluster implements Cluster {
    private static final Duration START = Duration.ofMinutes(3);

    private final Path directory;
    private final Ports ports;
    private final Duration stopTimeout;
    private final TreeMap<Integer, NodeProcess> nodes;

    /**
     * @param directory with a directory and a log for each node
     * @param stopTimeout that a node has to end by itself before it is killed
     * @param nodes by number, from 1 on
     */
    LocalCluster(Path directory, Ports ports, Duration stopTimeout, Map<Integer, NodeProcess> nodes) {
        this.directory = directory;
        this.ports = ports;
        this.stopTimeout = stopTimeout;
        this.nodes = new TreeMap<>(nodes);
    }

    /** The same nodes, for a kind of cluster that can do more with them; the other object is not used any more. */
    protected LocalCluster(LocalCluster same) {
        this(same.directory, same.ports, same.stopTimeout, same.nodes);
    }

    static Path data(Path directory, int node) {
        return directory.resolve("node-" + node);
    }

    static Path log(Path directory, int node) {
        return directory.resolve("node-" + node + ".log");
    }

    @Override
    public int size() {
        return nodes.size();
    }

    @Override
    public String bootstrap() {
        return nodes.keySet().stream()
                .map(node -> "127.0.0.1:" + ports.of(node, Ports.KAFKA))
                .collect(Collectors.joining(","));
    }

    /** Where one node serves clients. */
    public InetSocketAddress address(int node) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.of(node, Ports.KAFKA));
    }

    @Override
    public void start() throws IOException, InterruptedException {
        for (int node : nodes.keySet()) {
            launch(node);
        }
        for (int node : nodes.keySet()) {
            if (!awaitReady(node, START)) {
                throw new IOException("node " + node + " did not come to serve: see " + log(node));
            }
        }
    }

    @Override
    public void launch(int node) throws IOException {
        launch(node, List.of());
    }

    /** With further arguments of the command. */
    public void launch(int node, List<String> more) throws IOException {
        nodes.get(node).launch(more);
    }

    @Override
    public boolean awaitReady(int node, Duration timeout) throws InterruptedException {
        return nodes.get(node).awaitReady(timeout);
    }

    @Override
    public void stop(int node) throws IOException, InterruptedException {
        nodes.get(node).terminate(stopTimeout);
    }

    /** kill -9; returns when the process is gone. */
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

    public boolean runs(int node) {
        return nodes.get(node).runs();
    }

    public boolean paused(int node) {
        return nodes.get(node).paused();
    }

    /** Its process, -1 when it does not run. The shell that starts a node becomes it. */
    public long pid(int node) {
        return nodes.get(node).pid();
    }

    /** Of all that run, in order of their numbers. */
    public List<Long> pids() {
        return nodes.values().stream()
                .filter(NodeProcess::runs)
                .map(NodeProcess::pid)
                .collect(Collectors.toList());
    }

    /** How a node ended, -1 when it runs or never ran. */
    public int exitStatus(int node) {
        return nodes.get(node).exitStatus();
    }

    /** Where a node keeps its data. */
    public Path data(int node) {
        return data(directory, node);
    }

    /** What a node wrote to its standard output and error, since its first start. */
    public Path log(int node) {
        return log(directory, node);
    }

    /** Ends that nobody asked for, in words, each told once; from any thread. */
    public List<String> diedUnasked() {
        return nodes.entrySet().stream()
                .filter(node -> node.getValue().diedUnasked())
                .map(node -> "node " + node.getKey() + " ended with status "
                        + node.getValue().exitStatus() + "; see " + log(node.getKey()))
                .collect(Collectors.toList());
    }

    /** Kills what runs; the data stay. */
    @Override
    public void close() {
        nodes.values().forEach(node -> {
            try {
                node.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
