package io.braid.log.compact;

/**
 * What a pass may use.
 *
 * @param mapBytes of the offset map ({@code log.cleaner.dedupe.buffer.size})
 * @param mapLoadFactor share of the map that may be filled ({@code log.cleaner.io.buffer.load.factor})
 */
public record CompactionLimits(long mapBytes, double mapLoadFactor) {
    /** Those of Kafka. */
    public static final CompactionLimits DEFAULTS = new CompactionLimits(128 << 20, 0.9);
}
