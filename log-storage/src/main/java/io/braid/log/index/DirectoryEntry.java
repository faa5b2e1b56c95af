package io.braid.log.index;

/**
 * What a sealed segment holds of one partition.
 *
 * @param firstRow of its batches in the index file; they are contiguous and ascend by offset
 * @param batches how many
 * @param bytes of the batches
 * @param maxTimestamp of the batches in this segment
 * @param runningMaxTimestamp of this and all earlier segments
 * @param lastLeaderEpoch of the newest batch here
 * @param previousSegment ordinal of the segment that holds the partition before this, -1 none
 * @param jumpSegment an earlier one, for logarithmic skips
 * @param jumpRank how far the jump goes: 2^rank - 1 links
 */
public record DirectoryEntry(
        long topicIdMsb,
        long topicIdLsb,
        int partition,
        long firstOffset,
        long lastOffset,
        int firstRow,
        int batches,
        long bytes,
        long maxTimestamp,
        long runningMaxTimestamp,
        int lastLeaderEpoch,
        int previousSegment,
        int jumpSegment,
        int jumpRank) {}
