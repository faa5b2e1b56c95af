package io.braid.log;

import io.braid.log.compact.CompactionBudget;
import io.braid.log.compact.CompactionLimits;
import io.braid.log.compact.CompactionPolicy;
import java.io.IOException;

/**
 * A look for partitions that are due to be compacted, and the pass over them, on an immutable view of a log. Run it on a background
 * thread, one at a time a log, and give the result to {@link SharedLog#onCompacted}.
 */
public interface CompactionScan {
    /**
     * Compacts what is due. Blocks.
     *
     * @param policy the topics' settings
     * @param nowMs wall-clock time
     * @throws SegmentGoneException the log's segments changed underneath: the next scan tries again
     * @throws IOException the pass came to nothing; what it wrote is removed
     */
    CompactionResult run(CompactionPolicy policy, CompactionLimits limits, CompactionBudget budget, long nowMs)
            throws IOException;
}
