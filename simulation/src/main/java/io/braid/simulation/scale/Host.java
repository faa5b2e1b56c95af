package io.braid.simulation.scale;

/**
 * A machine of the model: a network card that sends and receives one message after another, and threads that work one task
 * after another. Times in nanoseconds. Mutable; owned by its {@link Fabric}.
 */
final class Host {
    /** Threads for which a machine has tasks. */
    enum Thread {
        /** A controller's Raft state machine. */
        RAFT,
        /** Metadata: a controller's thread, a broker's session, a client's event loop. */
        METADATA,
        /** Network threads: two of them, taken for one that is twice as quick. */
        NETWORK
    }

    private static final int NETWORK_THREADS = 2;

    private final int rack;
    private final long[] freeAtNs = new long[Thread.values().length];
    private final long[] busyNs = new long[Thread.values().length];
    private long sendsUntilNs;
    private long receivesUntilNs;
    private long sentBytes;
    private long sentMessages;

    /** @param rack negative for a machine that is in no rack of the cluster */
    Host(int rack) {
        this.rack = rack;
    }

    int rack() {
        return rack;
    }

    /** When the thread is done with a task that comes now. */
    long work(Thread thread, long nowNs, long costNs) {
        long ns = thread == Thread.NETWORK ? costNs / NETWORK_THREADS : costNs;
        int at = thread.ordinal();
        busyNs[at] += costNs;
        freeAtNs[at] = Math.max(freeAtNs[at], nowNs) + ns;
        return freeAtNs[at];
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

    long busyNs(Thread thread) {
        return busyNs[thread.ordinal()];
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
