package io.braid.log.compact;

/**
 * How a topic is compacted.
 *
 * @param minDirtyRatio share of a partition's bytes that must be uncompacted before it is compacted again
 *     ({@code min.cleanable.dirty.ratio})
 * @param minLagMs age below which a record is left alone ({@code min.compaction.lag.ms})
 * @param maxLagMs age at which a record is compacted whatever the ratio ({@code max.compaction.lag.ms})
 * @param deleteRetentionMs how long a tombstone stays after it has been compacted first ({@code delete.retention.ms})
 * @param sealMs age of the first record in the segment that is written to at which that is sealed, so that it can be compacted
 *     ({@code segment.ms}, at most {@code maxLagMs})
 */
public record TopicCompaction(
        double minDirtyRatio, long minLagMs, long maxLagMs, long deleteRetentionMs, long sealMs) {}
