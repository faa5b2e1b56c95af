package io.braid.perf.chaos.cluster;

import io.braid.perf.nodes.Cluster;
import io.braid.perf.nodes.Commands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A cluster that somebody else started, any that speaks Kafka's protocol; two commands stop and start its nodes. */
public final class ExternalCluster implements Cluster {
    private static final Duration COMMAND = Duration.ofMinutes(5);

    private final String bootstrap;
    private final int size;
    private final String stopCommand;
    private final String startCommand;

    /**
     * @param stopCommand for the shell, where {@code {}} stands for the node's number; returns when the node has ended
     * @param startCommand the same; returns when the node serves, or before
     */
    public ExternalCluster(String bootstrap, int size, String stopCommand, String startCommand) {
        this.bootstrap = bootstrap;
        this.size = size;
        this.stopCommand = stopCommand;
        this.startCommand = startCommand;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    /** It runs already. */
    @Override
    public void start() {}

    @Override
    public void stop(int node) throws IOException, InterruptedException {
        run(stopCommand, node);
    }

    @Override
    public void launch(int node) throws IOException {
        try {
            run(startCommand, node);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The command was to wait; whether all replicas are in sync is asked of the cluster. */
    @Override
    public boolean awaitReady(int node, Duration timeout) {
        return true;
    }

    /** It stays. */
    @Override
    public void close() {}

    private static void run(String command, int node) throws IOException, InterruptedException {
        String line = command.replace("{}", Integer.toString(node));
        Commands.Outcome outcome = Commands.run(COMMAND, List.of("sh", "-c", line), Map.of());
        if (!outcome.ok()) {
            throw new IOException("'" + line + "' ended with " + outcome.status() + ": " + outcome.output());
        }
    }
}
