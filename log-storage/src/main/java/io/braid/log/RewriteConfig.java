package io.braid.log;

/**
 * When and how fast sealed segments are rewritten.
 *
 * @param logsAtOnce logs of a directory that are rewritten at the same time; 0 turns rewriting off
 * @param bytesPerSecond read by it in a directory, at most
 * @param minDeadRatio share of a segment's file that must be gone after its rewriting
 * @param maxDeadAgeMs age of dead bytes at which a segment is rewritten whatever its share of them
 * @param sortAfterMs age at which a segment whose partitions are scattered over it is sorted
 * @param mergeSegments neighbours that together fit into a segment are merged once there are so many
 * @param intervalMs least time between two looks for segments that are worth it, in each log
 */
public record RewriteConfig(
        int logsAtOnce,
        long bytesPerSecond,
        double minDeadRatio,
        long maxDeadAgeMs,
        long sortAfterMs,
        int mergeSegments,
        long intervalMs) {
    public RewriteConfig {
        if (logsAtOnce < 0 || bytesPerSecond <= 0 || maxDeadAgeMs <= 0 || sortAfterMs <= 0 || intervalMs <= 0) {
            throw new IllegalArgumentException("rates, ages and intervals must be positive");
        }
        if (!(minDeadRatio > 0 && minDeadRatio <= 1) || mergeSegments < 2) {
            throw new IllegalArgumentException("minDeadRatio must be within 0 and 1, mergeSegments at least 2");
        }
    }

    /** One log at a time, 48 MiB a second, from half a segment dead. */
    public static RewriteConfig defaults() {
        return new RewriteConfig(1, 48L << 20, 0.5, 7 * 24 * 3600_000L, 24 * 3600_000L, 8, 15_000);
    }
}
