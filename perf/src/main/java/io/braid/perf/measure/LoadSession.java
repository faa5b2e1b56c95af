package io.braid.perf.measure;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** What a load needs of the cluster beside its clients: topics, and the name of what answers. Owned by one thread; blocks. */
public final class LoadSession implements AutoCloseable {
    private static final int CALL_MS = 300_000;

    private final LoadOptions options;
    private final Admin admin;
    private final String broker;
    private final String prefix;
    private int topicsMade;

    /**
     * Connects.
     *
     * @param what beginning of the topics' names unless the options name one
     * @throws ExecutionException what the brokers said
     * @throws TimeoutException none answers
     */
    public LoadSession(LoadOptions options, String what)
            throws ExecutionException, InterruptedException, TimeoutException {
        this.options = options;
        this.prefix = options.topic().orElse("perf-" + what + "-" + Long.toString(System.nanoTime(), 36));
        this.admin = Admin.create(Map.of(
                "bootstrap.servers",
                options.bootstrap(),
                "client.id",
                "braid-perf-admin",
                "request.timeout.ms",
                CALL_MS,
                "default.api.timeout.ms",
                CALL_MS));
        try {
            this.broker = options.broker().isPresent() ? options.broker().get() : BrokerName.of(admin);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    public Admin admin() {
        return admin;
    }

    /** {@code braid}, {@code kafka}, or what the options say. */
    public String broker() {
        return broker;
    }

    /** New topics that take records: made, and settled. */
    public LoadTopics create(int partitions) throws ExecutionException, InterruptedException, TimeoutException {
        LoadTopics topics = new LoadTopics(
                prefix + "-" + topicsMade++, partitions, options.perTopic(partitions), options.replicas());
        topics.create(admin);
        Settling.settle(options.bootstrap(), topics);
        return topics;
    }

    /** Deletes them, unless the options say that they are to stay. */
    public void delete(LoadTopics topics) throws ExecutionException, InterruptedException, TimeoutException {
        if (!options.keep()) {
            topics.delete(admin);
        }
    }

    /**
     * A line with what was done: workload, broker, client, size, partitions, partitionsPerTopic, replicas, rate (0: as many as it can),
     * rep.
     */
    public ResultLine line(String workload, LoadTopics topics, int rep) {
        return new ResultLine(workload)
                .put("broker", broker)
                .put("client", options.client().text())
                .put("size", options.size())
                .put("partitions", topics.partitions())
                .put("partitionsPerTopic", topics.perTopic())
                .put("replicas", topics.replicas())
                .put("rate", options.rate())
                .put("rep", rep);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(10));
    }
}
