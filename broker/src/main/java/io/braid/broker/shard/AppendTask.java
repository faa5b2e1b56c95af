package io.braid.broker.shard;

import java.util.List;

/**
 * The batches of one request that go to one shard.
 *
 * <p>Owned by the shard thread from submission until {@code onDone} has run.
 *
 * @param waitForCommit acks=all: done when every batch is committed; otherwise when it is appended (and forced to disk
 *                      where the flush mode says so)
 * @param deadlineMs    wall-clock time after which it is answered with REQUEST_TIMED_OUT instead of waiting on
 * @param onDone        called once on the shard thread when each batch has its answer
 */
public record AppendTask(List<PartitionAppend> appends, boolean waitForCommit, long deadlineMs, Runnable onDone) {
    /** Waits for as long as it takes. */
    public AppendTask(List<PartitionAppend> appends, boolean waitForCommit, Runnable onDone) {
        this(appends, waitForCommit, Long.MAX_VALUE, onDone);
    }

    /** LSN below which all must be committed for this task, or -1 when nothing was appended. */
    long ackLsn() {
        long max = -1;
        for (PartitionAppend a : appends) {
            max = Math.max(max, a.ackLsn());
        }
        return max;
    }
}
