package io.braid.client.producer;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Records of one partition that are sent and acknowledged together. Guarded by the producer's lock; what was written no longer
 * changes once the batch is closed, but for the header, which belongs to whoever has the batch in flight.
 */
final class Batch {
    /** What a batch costs on the heap besides its bytes, about. */
    static final int HEAP_BYTES = 256;

    private static final Object[] NO_LISTENERS = new Object[0];

    final long id; // in order of creation
    final PartitionState partition;
    final long createdNs;
    final long baseTimestamp;
    Run first;
    Run last;
    int bytes; // header included
    int count;
    long maxTimestamp;
    int chargedBytes = HEAP_BYTES;

    // how it is sent
    ProducerIdentity identity = ProducerIdentity.NONE;
    int sequence = -1;
    int attempts;
    boolean inDoubt; // an attempt may have been appended although it was not acknowledged
    boolean outOfOrder; // the last attempt was refused for its sequence
    ByteBuf compressed; // header and compressed records, or null

    // how it ends
    boolean inFlight;
    boolean told; // listeners know the outcome
    RuntimeException lastError; // of attempts so far, or null
    private Object[] listeners = NO_LISTENERS;
    private long[] timestamps; // null while all records have the first one's

    // lists it is in
    Batch next; // in its partition's queue
    Batch nextOpen;
    Batch previousOpen;
    Batch nextAll;
    Batch previousAll;

    Batch(long id, PartitionState partition, long createdNs, long baseTimestamp) {
        this.id = id;
        this.partition = partition;
        this.createdNs = createdNs;
        this.baseTimestamp = baseTimestamp;
        this.maxTimestamp = baseTimestamp;
    }

    /** Counts a record that was written. */
    void added(long timestamp, int size, Object listener) {
        if (listener != null) {
            if (count >= listeners.length) {
                listeners = Arrays.copyOf(listeners, Math.max(count + 1, Math.max(4, listeners.length * 2)));
            }
            listeners[count] = listener;
        }
        if (timestamps == null && timestamp != baseTimestamp) {
            timestamps = new long[Math.max(8, count * 2)];
            Arrays.fill(timestamps, 0, count, baseTimestamp);
        }
        if (timestamps != null) {
            if (count >= timestamps.length) {
                timestamps = Arrays.copyOf(timestamps, count * 2);
            }
            timestamps[count] = timestamp;
        }
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        bytes += size;
        count++;
    }

    /** Of a record, or null for a record nobody waits for. */
    Object listener(int index) {
        return index < listeners.length ? listeners[index] : null;
    }

    long timestamp(int index) {
        return timestamps == null ? baseTimestamp : timestamps[index];
    }

    boolean sequenced() {
        return sequence >= 0;
    }

    /** Forgets its place, to get one in the next epoch. */
    void unsequence() {
        identity = ProducerIdentity.NONE;
        sequence = -1;
        outOfOrder = false;
    }
}
