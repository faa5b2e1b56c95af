package io.braid.broker.shard;

import java.util.List;

/**
 * The batches of one request that go to one shard.
 *
 * <p>Owned by the shard thread from submission until {@code onDone} has run.
 *
 * @param waitForCommit acks=all: done when every batch is committed; otherwise when it is appended (and forced to disk
 *                      where the flush mode says so)
 * @param onDone        called once on the shard thread when each batch has its answer
 */
public record AppendTask(List<PartitionAppend> appends, boolean waitForCommit, Runnable onDone) {
    /** LSN below which all must be committed for this task, or -1 when nothing was appended. */
    long ackLsn() {
        long max = -1;
        for (PartitionAppend a : appends) {
            max = Math.max(max, a.ackLsn());
        }
        return max;
    }
}
