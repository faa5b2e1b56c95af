package io.braid.log;

import io.braid.log.rewrite.BatchSelector;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;

/**
 * Drops what lies below its partition's log start, was compacted into another segment, or is of a partition that is gone. Used by
 * one thread.
 */
final class RetentionSelector implements BatchSelector {
    private static final int UNKNOWN = -2;

    private final PartitionSnapshot partitions;
    private final CompactedSet compacted;

    // Of the partition that was looked at last.
    private int row = UNKNOWN;
    private long idMsb;
    private long idLsb;
    private int partition;
    private long startOffset;

    RetentionSelector(PartitionSnapshot partitions, CompactedSet compacted) {
        this.partitions = partitions;
        this.compacted = compacted;
    }

    @Override
    public Verdict select(Candidate batch) throws IOException {
        boolean same = row != UNKNOWN
                && batch.partition() == partition
                && batch.topicIdMsb() == idMsb
                && batch.topicIdLsb() == idLsb;
        if (!same) {
            look(batch);
        }
        return row >= 0 && batch.at().lastOffset() >= startOffset ? Verdict.KEEP : Verdict.DROP;
    }

    private void look(Candidate batch) throws IOException {
        idMsb = batch.topicIdMsb();
        idLsb = batch.topicIdLsb();
        partition = batch.partition();
        row = partitions.find(idMsb, idLsb, partition);
        startOffset =
                row < 0 ? 0 : Math.max(partitions.logStartOffset(row), compacted.endOffset(idMsb, idLsb, partition));
    }
}
