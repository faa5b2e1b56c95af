package io.braid.broker.group;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * The partitions of {@code __consumer_offsets} as the coordinator needs them of the shards. Each partition has one owning
 * thread, on which everything that is said of it runs in order.
 */
interface CoordinatorLog {
    /**
     * Runs a task on the partition's thread, with the time in ms; false when there is no such thread here or its queue is
     * full: then the task does not run. Any thread.
     */
    boolean run(int partition, LongConsumer task);

    /**
     * Appends a record batch; {@code done} hears on the partition's thread that it is committed, or why not. Batches are
     * appended and answered in order. The partition's thread.
     */
    void append(int partition, ByteBuffer batch, Done done);

    /** Hands every record batch of the partition to {@code sink}, on a thread that may wait for a disk. */
    void read(int partition, Sink sink);

    /** Drops everything below {@code offset}, sooner or later. Any thread. */
    void dropBefore(int partition, long offset);

    /** Hears the outcome of an append: the offsets of the batch's first record and of the next one, -1 after an error. */
    @FunctionalInterface
    interface Done {
        void done(Errors error, long baseOffset, long nextOffset);
    }

    /** Takes what a read finds. One call at a time, on any thread. */
    interface Sink {
        /** Some whole record batches, in order; the buffer is the sink's. False to stop reading. */
        boolean batches(ByteBuffer batches);

        /** Everything was handed over and is committed; the next record gets {@code nextOffset}. */
        void end(long logStartOffset, long nextOffset);

        /** Nothing more comes. */
        void failed(Errors error);
    }
}
