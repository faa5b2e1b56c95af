package io.braid.client.consumer;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;

/**
 * Batches of one partition as one answer brought them. Owned as the {@link Fetcher} is, but while it is taken by whoever took
 * it.
 */
final class Chunk {
    final AssignedPartition partition;
    final int generation; // of the partition when it was fetched
    final long fromOffset; // records before it are not wanted
    final long nextOffset; // behind the last batch
    final int nextEpoch; // of the last batch
    final int bytes;
    final List<AbortedTransaction> aborted;
    ByteBuffer batches; // whole ones, from 0 to the limit
    Frame frame;
    RecordReader reader; // where reading stands; null before it began
    ConsumerRecord<?, ?> failed; // which a handler failed with, and is given again; null when there is none
    int attempts; // of that

    Chunk(
            AssignedPartition partition,
            long fromOffset,
            BatchWalk.End end,
            ByteBuffer batches,
            List<AbortedTransaction> aborted,
            Frame frame) {
        this.partition = partition;
        this.generation = partition.generation;
        this.fromOffset = fromOffset;
        this.nextOffset = end.nextOffset();
        this.nextEpoch = end.leaderEpoch();
        this.batches = batches;
        this.bytes = batches.remaining();
        this.aborted = aborted;
        this.frame = frame;
        frame.retain();
    }

    /** Whether it is what the partition wants next: nobody has sought or unassigned it since. */
    boolean current() {
        return generation == partition.generation;
    }
}
