package io.braid.broker.cli;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A connection for administration, and what becomes of the outcome for each topic. */
final class TopicsClient implements AutoCloseable {

    private static final Map<String, Object> DEFAULTS = Map.of(
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            30_000,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            15_000);

    private final Console console;
    private final Admin admin;
    private boolean failed;

    private TopicsClient(Console console, Admin admin) {
        this.console = console;
        this.admin = admin;
    }

    static TopicsClient connect(Console console, ClientOptions options) {
        return new TopicsClient(console, Admin.create(options.connected(DEFAULTS)));
    }

    Admin admin() {
        return admin;
    }

    /** Whether the outcome is a success; a failure is printed and makes {@link #exitCode()} tell so. */
    boolean succeeded(String topic, Future<?> outcome) throws InterruptedException {
        try {
            outcome.get();
            return true;
        } catch (ExecutionException e) {
            onFailure(topic, e);
            return false;
        }
    }

    void onFailure(String topic, Throwable error) {
        failed = true;
        boolean missing = Failure.root(error) instanceof UnknownTopicOrPartitionException;
        console.error(
                missing ? "topic " + topic + " does not exist" : "topic " + topic + ": " + Failure.oneLine(error));
    }

    int exitCode() {
        return failed ? ExitCode.FAILED : ExitCode.DONE;
    }

    @Override
    public void close() {
        admin.close();
    }
}
