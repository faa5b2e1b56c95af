package io.braid.broker.config;

import io.braid.log.compact.TopicCompaction;

/**
 * The effective settings of one topic that the data path acts on. Immutable.
 *
 * @param compact whether cleanup.policy holds compact
 * @param delete whether cleanup.policy holds delete: without it neither retention applies
 * @param retentionMs -1 for unlimited
 * @param retentionBytes of a partition; -1 for unlimited
 * @param logAppendTime whether the broker sets the timestamps
 * @param timestampBeforeMaxMs how far a timestamp may lie in the past
 * @param timestampAfterMaxMs how far a timestamp may lie in the future
 * @param segmentMs age at which a segment that holds a record of the topic is sealed
 * @param compressionType a codec's name, or "producer" for whatever the producer chose
 * @param compaction how it is compacted if {@code compact}
 */
public record TopicSettings(
        boolean compact,
        boolean delete,
        long retentionMs,
        long retentionBytes,
        int maxMessageBytes,
        int minInsyncReplicas,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        long segmentMs,
        String compressionType,
        TopicCompaction compaction) {}
