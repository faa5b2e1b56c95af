package io.braid.simulation.scale;

import java.util.EnumMap;
import java.util.Map;

/**
 * A machine of the model: a network card that sends and receives one message after another, and threads that work one task
 * after another. Times in nanoseconds. Mutable; owned by its {@link Fabric}.
 */
final class Host {
    /** Threads for which a machine has tasks. */
    enum Worker {
        /** A controller's Raft state machine. */
        RAFT,
        /** Metadata: a controller's thread, a broker's session, a client's event loop. */
        METADATA,
        /** Network threads: two of them, taken for one that is twice as quick. */
        NETWORK
    }

    /** What a worker has to do. */
    private static final class Lane {
        long freeAtNs;
        long busyNs;
    }

    private static final int NETWORK_THREADS = 2;

    private final int rack;
    private final Map<Worker, Lane> lanes = new EnumMap<>(Worker.class);
    private long sendsUntilNs;
    private long receivesUntilNs;
    private long sentBytes;
    private long sentMessages;

    /** @param rack negative for a machine that is in no rack of the cluster */
    Host(int rack) {
        this.rack = rack;
        for (Worker worker : Worker.values()) {
            lanes.put(worker, new Lane());
        }
    }

    int rack() {
        return rack;
    }

    /** When the worker is done with a task that comes now. */
    long work(Worker worker, long nowNs, long costNs) {
        long ns = worker == Worker.NETWORK ? costNs / NETWORK_THREADS : costNs;
        Lane lane = lanes.get(worker);
        lane.busyNs += costNs;
        lane.freeAtNs = Math.max(lane.freeAtNs, nowNs) + ns;
        return lane.freeAtNs;
    }

    /** When the last byte of a message that is written now has left. */
    long send(long nowNs, long bytes, LinkModel links) {
        sentBytes += bytes + LinkModel.HEADER_BYTES;
        sentMessages++;
        sendsUntilNs = Math.max(sendsUntilNs, nowNs) + links.wireNs(bytes);
        return sendsUntilNs;
    }

    /** When the last byte of a message whose first one comes now is here. */
    long receive(long nowNs, long bytes, LinkModel links) {
        receivesUntilNs = Math.max(receivesUntilNs, nowNs) + links.wireNs(bytes);
        return receivesUntilNs;
    }

    long busyNs(Worker worker) {
        return lanes.get(worker).busyNs;
    }

    long sentBytes() {
        return sentBytes;
    }

    long sentMessages() {
        return sentMessages;
    }

    /** Until when its card has something to send. */
    long sendsUntilNs() {
        return sendsUntilNs;
    }
}
