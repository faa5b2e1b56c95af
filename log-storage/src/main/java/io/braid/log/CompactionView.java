package io.braid.log;

import io.braid.log.index.IndexSnapshot;
import io.braid.log.table.PartitionSnapshot;
import io.braid.log.table.ProducerSnapshot;

/**
 * A log as a compaction scan sees it. Immutable.
 *
 * @param asOfLsn next LSN
 * @param endOrdinal of the first segment that may not be compacted: not sealed, or not committed as a whole
 * @param activeOrdinal of the segment that is written to, -1 when there is none
 * @param activeSinceMs wall-clock time of its first entry
 */
record CompactionView(
        SegmentList segments,
        CompactedSet compacted,
        IndexSnapshot index,
        PartitionSnapshot partitions,
        ProducerSnapshot producers,
        long asOfLsn,
        int endOrdinal,
        int activeOrdinal,
        long activeSinceMs,
        int logTag) {}
