package io.braid.perf.nodes;

import java.io.IOException;
import java.time.Duration;

/** Nodes 1 to {@link #size}. Used by one thread. */
public interface Cluster extends AutoCloseable {

    int size();

    /** For clients, of all nodes. */
    String bootstrap();

    /** Starts all nodes and waits until they serve. */
    void start() throws IOException, InterruptedException;

    /** SIGTERM; returns when the process is gone, or has been killed because it did not go in a minute. */
    void stop(int node) throws IOException, InterruptedException;

    /** Starts a node that does not run, and does not wait; no effect on one that runs. */
    void launch(int node) throws IOException;

    /**
     * Waits until a node serves.
     *
     * @return whether it came to in this time
     */
    boolean awaitReady(int node, Duration timeout) throws InterruptedException;

    @Override
    void close();
}
