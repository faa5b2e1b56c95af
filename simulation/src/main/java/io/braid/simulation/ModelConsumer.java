package io.braid.simulation;

import io.braid.simulation.ClientMessages.Fetch;
import io.braid.simulation.ClientMessages.Fetched;
import io.braid.simulation.ClientMessages.Route;
import org.apache.kafka.common.protocol.Errors;

/** A consumer of one partition from its beginning. What it reads must be what is committed, offset by offset. */
final class ModelConsumer {
    private static final long IDLE_MS = 400;
    private static final long BACKOFF_MS = 100;

    private final Cluster cluster;
    private final SimClient client;
    private final int partition;
    private long position;
    /** The position was moved to a log start, which may be within a batch. */
    private boolean skipped;

    ModelConsumer(Cluster cluster, SimClient client, int partition) {
        this.cluster = cluster;
        this.client = client;
        this.partition = partition;
    }

    void start() {
        client.after(cluster.chance.between(1, IDLE_MS), this::fetch);
    }

    int partition() {
        return partition;
    }

    /** Offset that it reads next. */
    long position() {
        return position;
    }

    private void fetch() {
        Route route = client.route(partition);
        if (route.leader() < 0) {
            client.refresh();
            client.after(BACKOFF_MS, this::fetch);
            return;
        }
        client.fetch(route.leader(), new Fetch(partition, route.leaderEpoch(), position), this::onFetched, () -> {
            client.refresh();
            client.after(BACKOFF_MS, this::fetch);
        });
    }

    private void onFetched(Fetched answer) {
        client.learn(partition, answer.hint());
        if (answer.error() == Errors.OFFSET_OUT_OF_RANGE && answer.logStart() > position) {
            position = answer.logStart();
            skipped = true;
            client.after(1, this::fetch);
            return;
        }
        if (answer.error() == Errors.OFFSET_OUT_OF_RANGE
                && !cluster.oracle.shardOf(partition).lost()) {
            throw Oracle.broken(
                    "consumers see committed records only", "p%d: offset %d is out of range", partition, position);
        }
        if (answer.error() != Errors.NONE) {
            client.refresh();
            client.after(BACKOFF_MS, this::fetch);
            return;
        }
        for (LogEntry batch : answer.batches()) {
            boolean fits = batch.offset() == position || (batch.offset() < position && skipped);
            skipped = false;
            if (!fits && !cluster.oracle.shardOf(partition).lost()) {
                throw Oracle.broken(
                        "consumers see committed records only",
                        "p%d: %s was read where offset %d is next",
                        partition,
                        batch,
                        position);
            }
            cluster.oracle.onRead(partition, batch);
            position = batch.lastOffset() + 1;
        }
        client.after(answer.batches().isEmpty() ? IDLE_MS : 1, this::fetch);
    }
}
