package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.decimal;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.whole;

/** The keys of a node that say when segments are rewritten. */
public final class RewriteKeys {
    public static final ConfigKey<Integer> THREADS = key(
            "log.cleaner.threads",
            integer(0, 256),
            "1",
            "logs",
            "Shards' logs of a directory that are rewritten at the same time; 0 rewrites none, and segments are only deleted"
                    + " whole.");
    public static final ConfigKey<Long> BYTES_PER_SECOND = key(
            "log.rewrite.bytes.per.second",
            whole(1 << 20, Long.MAX_VALUE),
            "50331648",
            "bytes",
            "Read by rewriting in a log directory, a second. There is no limit while the disk is full.");
    public static final ConfigKey<Double> MIN_DEAD_RATIO = key(
            "log.rewrite.min.dead.ratio",
            decimal(0.01, 1),
            "0.5",
            "",
            "Share of a segment that must be freed by its rewriting. Less keeps the disk emptier and writes more.");
    public static final ConfigKey<Long> MAX_DEAD_AGE_MS = key(
            "log.rewrite.max.dead.age.ms",
            whole(1, Long.MAX_VALUE),
            "604800000",
            "ms",
            "Age of deleted data at which a segment is rewritten however little of it is deleted.");
    public static final ConfigKey<Long> SORT_AFTER_MS = key(
            "log.rewrite.sort.after.ms",
            whole(1, Long.MAX_VALUE),
            "86400000",
            "ms",
            "Age at which a segment whose partitions lie scattered over it is sorted, to be read in long runs.");
    public static final ConfigKey<Integer> MERGE_SEGMENTS = key(
            "log.rewrite.merge.segments",
            integer(2, 1000),
            "8",
            "segments",
            "Small segments side by side that are merged into one.");
    public static final ConfigKey<Long> INTERVAL_MS = key(
            "log.rewrite.interval.ms",
            whole(1, Long.MAX_VALUE),
            "15000",
            "ms",
            "Least time between two looks for what is worth rewriting, in each log.");

    private RewriteKeys() {}
}
