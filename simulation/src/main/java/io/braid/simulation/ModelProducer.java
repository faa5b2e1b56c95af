package io.braid.simulation;

import io.braid.simulation.ClientMessages.Produce;
import io.braid.simulation.ClientMessages.Route;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.common.protocol.Errors;

/**
 * An idempotent producer of one partition: several batches on their way, each sent again until it is acknowledged. Every
 * acknowledgement is checked against what is committed. The first batch goes alone: a broker takes any sequence of a producer
 * that it does not know.
 */
final class ModelProducer {
    private static final long BACKOFF_MS = 80;

    private static final class Batch {
        final int sequence;
        final ByteBuffer bytes;
        boolean acknowledged;

        Batch(int sequence, ByteBuffer bytes) {
            this.sequence = sequence;
            this.bytes = bytes;
        }
    }

    private final Cluster cluster;
    private final SimClient client;
    private final long producerId;
    private final int partition;
    private final int maxInFlight;
    private final long paceMs;
    private final Deque<Batch> unacknowledged = new ArrayDeque<>();
    private int nextSequence;
    private int acknowledged;

    ModelProducer(Cluster cluster, SimClient client, long producerId, int partition) {
        this.cluster = cluster;
        this.client = client;
        this.producerId = producerId;
        this.partition = partition;
        this.maxInFlight = (int) cluster.chance.between(1, 5);
        this.paceMs = cluster.chance.between(150, 1_200);
    }

    void start() {
        client.after(cluster.chance.between(1, paceMs), this::next);
    }

    int partition() {
        return partition;
    }

    /** Batches that were acknowledged. */
    int acknowledged() {
        return acknowledged;
    }

    boolean idle() {
        return unacknowledged.isEmpty();
    }

    private void next() {
        int allowed = acknowledged == 0 ? 1 : maxInFlight;
        if (unacknowledged.size() < allowed && cluster.writing()) {
            int records = (int) cluster.chance.between(1, 3);
            Batch batch =
                    new Batch(nextSequence, Batches.make(producerId, nextSequence, records, client.clock.nowMs()));
            nextSequence += records;
            unacknowledged.add(batch);
            send(batch);
        }
        client.after(cluster.chance.between(1, paceMs), this::next);
    }

    private void send(Batch batch) {
        if (batch.acknowledged) {
            return;
        }
        Route route = client.route(partition);
        if (route.leader() < 0) {
            client.refresh();
            again(batch);
            return;
        }
        client.produce(
                route.leader(),
                new Produce(partition, route.leaderEpoch(), batch.bytes, true),
                answer -> {
                    client.learn(partition, answer.hint());
                    if (answer.error() == Errors.NONE) {
                        onAcknowledged(batch, answer.baseOffset());
                    } else {
                        onError(batch, answer.error());
                    }
                },
                () -> onError(batch, Errors.REQUEST_TIMED_OUT));
    }

    private void onError(Batch batch, Errors error) {
        switch (error) {
            case INVALID_PRODUCER_EPOCH, CORRUPT_MESSAGE, UNKNOWN_SERVER_ERROR ->
                throw Oracle.broken(
                        "each record is written once, in order",
                        "producer %d of p%d is told %s for sequence %d",
                        producerId,
                        partition,
                        error,
                        batch.sequence);
            default -> {
                client.refresh();
                again(batch);
            }
        }
    }

    private void again(Batch batch) {
        client.after(cluster.chance.between(BACKOFF_MS / 2, BACKOFF_MS * 2), () -> send(batch));
    }

    private void onAcknowledged(Batch batch, long offset) {
        batch.acknowledged = true;
        acknowledged++;
        cluster.tally.count("batches acknowledged");
        cluster.oracle.onAcknowledged(partition, producerId, batch.sequence, offset);
        while (!unacknowledged.isEmpty() && unacknowledged.peek().acknowledged) {
            unacknowledged.poll();
        }
    }

    @Override
    public String toString() {
        return "producer " + producerId + " of p" + partition + " with "
                + (idle() ? "nothing" : "sequence " + unacknowledged.peek().sequence) + " unacknowledged";
    }
}
