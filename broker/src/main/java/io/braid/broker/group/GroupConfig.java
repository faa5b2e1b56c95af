package io.braid.broker.group;

/**
 * Settings of groups of the classic protocol and of offsets; those of the consumer protocol are its own.
 *
 * @param minSessionTimeoutMs group.min.session.timeout.ms
 * @param maxSessionTimeoutMs group.max.session.timeout.ms
 * @param initialRebalanceDelayMs group.initial.rebalance.delay.ms
 * @param maxSize group.max.size, members of a group
 * @param offsetsRetentionMs offsets.retention.minutes, in ms
 * @param offsetsCheckIntervalMs offsets.retention.check.interval.ms
 * @param maxOffsetMetadataBytes offset.metadata.max.bytes
 */
public record GroupConfig(
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int initialRebalanceDelayMs,
        int maxSize,
        long offsetsRetentionMs,
        long offsetsCheckIntervalMs,
        int maxOffsetMetadataBytes) {
    public static final GroupConfig DEFAULT =
            new GroupConfig(6000, 1_800_000, 3000, Integer.MAX_VALUE, 7L * 24 * 60 * 60_000, 600_000, 4096);
}
