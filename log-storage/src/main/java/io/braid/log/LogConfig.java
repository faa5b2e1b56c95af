package io.braid.log;

/**
 * Settings of the logs of a directory.
 *
 * @param segmentBytesMin size of a shard's first segment, in bytes; doubles with each segment that fills up
 * @param segmentBytesMax size up to which segments grow, in bytes ({@code log.segment.bytes})
 * @param rollMs age of its oldest entry at which a segment is sealed although it is not full ({@code log.roll.ms})
 * @param maxEntryBytes largest batch that may be appended, in bytes; an append above it is a programming error of the
 *     caller, who checks {@code message.max.bytes}
 * @param flush when writes count as durable for acknowledgements; the log itself only reports {@code flushedLsn}
 * @param flushBytes unforced bytes after which maintenance forces the log in the background
 * @param flushIntervalMs age of the oldest unforced entry after which maintenance forces the log
 * @param checkpointMinBytes bytes appended since the last checkpoint below which no new one is written
 * @param minFreeBytes free space below which the directory takes no more batches (entries that free space still go in)
 * @param producerExpiryMs idle time after which a producer's state is dropped ({@code producer.id.expiration.ms})
 * @param producerMaxBytes heap bytes of producer state per shard above which the longest idle rows are dropped
 * @param rewrite when segments are rewritten
 */
public record LogConfig(
        long segmentBytesMin,
        long segmentBytesMax,
        long rollMs,
        int maxEntryBytes,
        FlushMode flush,
        long flushBytes,
        long flushIntervalMs,
        long checkpointMinBytes,
        long minFreeBytes,
        long producerExpiryMs,
        long producerMaxBytes,
        RewriteConfig rewrite) {

    private static final long MIB = 1 << 20;

    public LogConfig {
        require(segmentBytesMin >= 64 << 10, "segmentBytesMin must be at least 64 KiB");
        require(segmentBytesMax >= segmentBytesMin, "segmentBytesMax must be at least segmentBytesMin");
        require(segmentBytesMax <= 1L << 30, "segmentBytesMax must be at most 1 GiB");
        require(rollMs > 0, "rollMs must be positive");
        require(maxEntryBytes > 0 && maxEntryBytes <= 256 << 20, "maxEntryBytes must be within 1 and 256 MiB");
        require(flushBytes > 0 && flushIntervalMs > 0, "flushBytes and flushIntervalMs must be positive");
        require(checkpointMinBytes > 0, "checkpointMinBytes must be positive");
        require(minFreeBytes >= 0, "minFreeBytes must not be negative");
        require(producerExpiryMs > 0 && producerMaxBytes > 0, "producer limits must be positive");
    }

    /** The defaults of a node: 1 MiB to 128 MiB segments, page-cache acknowledgements. */
    public static LogConfig defaults() {
        return new LogConfig(
                MIB,
                128 * MIB,
                7 * 24 * 3600_000L,
                64 << 20,
                FlushMode.REPLICATED,
                16 * MIB,
                5000,
                32 * MIB,
                64 * MIB,
                24 * 3600_000L,
                64 * MIB,
                RewriteConfig.defaults());
    }

    public LogConfig withSegmentBytes(long min, long max) {
        return new LogConfig(
                min,
                max,
                rollMs,
                maxEntryBytes,
                flush,
                flushBytes,
                flushIntervalMs,
                checkpointMinBytes,
                minFreeBytes,
                producerExpiryMs,
                producerMaxBytes,
                rewrite);
    }

    public LogConfig withRollMs(long ms) {
        return new LogConfig(
                segmentBytesMin,
                segmentBytesMax,
                ms,
                maxEntryBytes,
                flush,
                flushBytes,
                flushIntervalMs,
                checkpointMinBytes,
                minFreeBytes,
                producerExpiryMs,
                producerMaxBytes,
                rewrite);
    }

    public LogConfig withFlush(FlushMode mode) {
        return new LogConfig(
                segmentBytesMin,
                segmentBytesMax,
                rollMs,
                maxEntryBytes,
                mode,
                flushBytes,
                flushIntervalMs,
                checkpointMinBytes,
                minFreeBytes,
                producerExpiryMs,
                producerMaxBytes,
                rewrite);
    }

    public LogConfig withCheckpointMinBytes(long bytes) {
        return new LogConfig(
                segmentBytesMin,
                segmentBytesMax,
                rollMs,
                maxEntryBytes,
                flush,
                flushBytes,
                flushIntervalMs,
                bytes,
                minFreeBytes,
                producerExpiryMs,
                producerMaxBytes,
                rewrite);
    }

    public LogConfig withMinFreeBytes(long bytes) {
        return new LogConfig(
                segmentBytesMin,
                segmentBytesMax,
                rollMs,
                maxEntryBytes,
                flush,
                flushBytes,
                flushIntervalMs,
                checkpointMinBytes,
                bytes,
                producerExpiryMs,
                producerMaxBytes,
                rewrite);
    }

    public LogConfig withRewrite(RewriteConfig when) {
        return new LogConfig(
                segmentBytesMin,
                segmentBytesMax,
                rollMs,
                maxEntryBytes,
                flush,
                flushBytes,
                flushIntervalMs,
                checkpointMinBytes,
                minFreeBytes,
                producerExpiryMs,
                producerMaxBytes,
                when);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
