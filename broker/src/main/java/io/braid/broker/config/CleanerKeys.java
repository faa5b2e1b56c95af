package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.bool;
import static io.braid.broker.config.ConfigType.decimal;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.whole;

/** The keys of a node that its log cleaner reads. They have Kafka's names and defaults. */
public final class CleanerKeys {
    public static final ConfigKey<Boolean> ENABLE =
            key("log.cleaner.enable", bool(), "true", "", "Whether partitions of compacted topics are compacted.");
    public static final ConfigKey<Long> DEDUPE_BUFFER_BYTES = key(
            "log.cleaner.dedupe.buffer.size",
            whole(1 << 20, 32L << 30),
            "134217728",
            "bytes",
            "Most memory of the map of keys in a pass: 24 bytes for each key of a partition's uncompacted part. What does"
                    + " not fit takes another pass. It grows with the need.");
    public static final ConfigKey<Double> DEDUPE_LOAD_FACTOR = key(
            "log.cleaner.io.buffer.load.factor",
            decimal(0.1, 0.99),
            "0.9",
            "",
            "Share of the map of keys that may be filled; more makes lookups slower.");
    public static final ConfigKey<Double> MAX_BYTES_PER_SECOND = key(
            "log.cleaner.io.max.bytes.per.second",
            decimal(1, Double.MAX_VALUE),
            "1.7976931348623157E308",
            "bytes/s",
            "Most that passes read and write together.");
    public static final ConfigKey<Long> BACKOFF_MS = key(
            "log.cleaner.backoff.ms",
            whole(1, Long.MAX_VALUE),
            "15000",
            "ms",
            "Time between two looks for partitions to compact.");
    public static final ConfigKey<Integer> IO_BUFFER_BYTES = key(
                    "log.cleaner.io.buffer.size",
                    integer(1 << 10, Integer.MAX_VALUE),
                    "524288",
                    "bytes",
                    "Buffers of a pass.")
            .ignored("They are as large as the largest batch, and at least 1 MiB.");

    private CleanerKeys() {}
}
