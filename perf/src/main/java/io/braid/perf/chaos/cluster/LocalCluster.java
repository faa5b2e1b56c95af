package io.braid.perf.chaos.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Nodes that are processes of this machine, started and ended here: whatever they are, they can be killed and paused. */
public abstract class LocalCluster implements Cluster {
    private static final Duration START = Duration.ofMinutes(3);

    private final Duration stopTimeout;
    final Map<Integer, NodeProcess> nodes = new LinkedHashMap<>();

    /** @param stopTimeout how long a node may take to end after SIGTERM */
    LocalCluster(Duration stopTimeout) {
        this.stopTimeout = stopTimeout;
    }

    /** What a node writes. */
    abstract Path log(int node);

    @Override
    public final int size() {
        return nodes.size();
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
    public final void launch(int node) throws IOException {
        launch(node, List.of());
    }

    /** With further arguments. */
    void launch(int node, List<String> more) throws IOException {
        nodes.get(node).launch(more);
    }

    @Override
    public final boolean awaitReady(int node, Duration timeout) throws InterruptedException {
        return nodes.get(node).awaitReady(timeout);
    }

    @Override
    public final void stop(int node) throws IOException, InterruptedException {
        nodes.get(node).terminate(stopTimeout);
    }

    // ---- faults

    public final boolean runs(int node) {
        return nodes.get(node).runs();
    }

    public final boolean paused(int node) {
        return nodes.get(node).paused();
    }

    /** kill -9. */
    public final void kill(int node) throws InterruptedException {
        nodes.get(node).kill();
    }

    /** SIGSTOP: it answers nobody, and its connections stay. */
    public final void pause(int node) throws IOException, InterruptedException {
        nodes.get(node).pause();
    }

    /** SIGCONT. */
    public final void resume(int node) throws IOException, InterruptedException {
        nodes.get(node).resume();
    }

    /** Ends that nobody asked for, in words, each told once; from any thread. */
    public final List<String> diedUnasked() {
        return nodes.entrySet().stream()
                .filter(node -> node.getValue().diedUnasked())
                .map(node -> "node " + node.getKey() + " ended with status "
                        + node.getValue().exitStatus() + "; see " + log(node.getKey()))
                .collect(Collectors.toList());
    }

    /** Kills all nodes. */
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
