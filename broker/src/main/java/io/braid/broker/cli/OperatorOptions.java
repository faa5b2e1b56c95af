package io.braid.broker.cli;

import io.braid.broker.config.HostPort;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which brokers an operator's command talks to, and how it prints. */
final class OperatorOptions {

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:BRAID_BOOTSTRAP:-127.0.0.1:9092}",
            description = "One broker of the cluster, or several with commas. Default: $BRAID_BOOTSTRAP, else"
                    + " 127.0.0.1:9092.")
    private String bootstrap;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for an answer. Default: 10.")
    private int timeoutSeconds;

    @Option(names = "--json", description = "Prints JSON, one object a line.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** What is done with the cluster. */
    @FunctionalInterface
    interface Work {
        int with(OperatorClient client) throws IOException, InterruptedException;
    }

    /**
     * Does something with the cluster.
     *
     * @return the exit code
     * @throws CliException when it refuses, or does not answer
     */
    int call(Work work) throws InterruptedException {
        if (timeoutSeconds < 1) {
            throw CliException.usage("--timeout must be at least 1");
        }
        try (OperatorClient client = OperatorClient.connect(brokers(), Duration.ofSeconds(timeoutSeconds))) {
            return work.with(client);
        } catch (IOException e) {
            throw CliException.failed(e.getMessage(), e);
        }
    }

    private List<HostPort> brokers() {
        List<HostPort> brokers = new ArrayList<>();
        for (String one : bootstrap.split(",", -1)) {
            brokers.add(ClientOptions.address(one.trim()));
        }
        return brokers;
    }
}
