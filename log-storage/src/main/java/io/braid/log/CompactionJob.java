package io.braid.log;

import io.braid.log.index.PartitionKey;

/**
 * A partition that a pass writes.
 *
 * @param row in the snapshot of partitions
 * @param fromOffset log start
 * @param dirtyOffset where its compacted batches end
 * @param limitOffset where the dirty part ends at the latest; {@code dirtyOffset} when it is only copied out of a run that goes
 * @param bytes of its batches up to {@code limitOffset}
 * @param deleteRetentionMs of its topic; of no meaning for a copy
 */
record CompactionJob(
        int row,
        PartitionKey key,
        long fromOffset,
        long dirtyOffset,
        long limitOffset,
        long bytes,
        long deleteRetentionMs) {
    boolean isCopy() {
        return dirtyOffset == limitOffset;
    }
}
