package io.braid.client.producer;

import java.util.ArrayDeque;

/**
 * What goes to one broker: the memory its records are written into, the batches that are still open, and the partitions that
 * have closed ones. Guarded by the producer's lock.
 */
final class Lane {
    /** The lane of partitions whose leader is not known; nothing is sent from it. */
    static final int NO_BROKER = -1;

    final int broker;
    final ArrayDeque<PartitionState> ready = new ArrayDeque<>();
    Chunk chunk; // written into, or null
    Batch oldestOpen; // list of open batches by age
    Batch newestOpen;
    int openBytes;
    int openCount;
    int requestsInFlight;
    long mutedUntilNs; // a broker asked for a pause
    boolean muted;

    Lane(int broker) {
        this.broker = broker;
    }

    void addOpen(Batch batch) {
        batch.previousOpen = newestOpen;
        if (newestOpen == null) {
            oldestOpen = batch;
        } else {
            newestOpen.nextOpen = batch;
        }
        newestOpen = batch;
        openCount++;
    }

    void removeOpen(Batch batch) {
        if (batch.previousOpen == null) {
            oldestOpen = batch.nextOpen;
        } else {
            batch.previousOpen.nextOpen = batch.nextOpen;
        }
        if (batch.nextOpen == null) {
            newestOpen = batch.previousOpen;
        } else {
            batch.nextOpen.previousOpen = batch.previousOpen;
        }
        batch.previousOpen = null;
        batch.nextOpen = null;
        openCount--;
        openBytes -= batch.bytes;
    }

    boolean hasWork() {
        return oldestOpen != null || !ready.isEmpty();
    }
}
