package io.braid.broker.cleaner;

import io.braid.broker.config.CleanerKeys;
import io.braid.broker.config.ConfigValues;
import io.braid.log.compact.CompactionLimits;

/**
 * Settings of the log cleaner.
 *
 * @param backoffMs between two rounds through the shards
 * @param bytesPerSecond read and written at most
 */
public record CleanerConfig(boolean enabled, long backoffMs, double bytesPerSecond, CompactionLimits limits) {
    public static CleanerConfig of(ConfigValues values) {
        return new CleanerConfig(
                values.get(CleanerKeys.ENABLE),
                values.get(CleanerKeys.BACKOFF_MS),
                values.get(CleanerKeys.MAX_BYTES_PER_SECOND),
                new CompactionLimits(
                        values.get(CleanerKeys.DEDUPE_BUFFER_BYTES), values.get(CleanerKeys.DEDUPE_LOAD_FACTOR)));
    }
}
