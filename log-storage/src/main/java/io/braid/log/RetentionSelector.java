package io.braid.log;

import io.braid.log.rewrite.BatchSelector;
import io.braid.log.table.PartitionSnapshot;

/** Drops what lies below its partition's log start, or is of a partition that is gone. */
record RetentionSelector(PartitionSnapshot partitions) implements BatchSelector {
    @Override
    public Verdict select(Candidate batch) {
        int row = partitions.find(batch.topicIdMsb(), batch.topicIdLsb(), batch.partition());
        boolean live = row >= 0 && batch.at().lastOffset() >= partitions.logStartOffset(row);
        return live ? Verdict.KEEP : Verdict.DROP;
    }
}
