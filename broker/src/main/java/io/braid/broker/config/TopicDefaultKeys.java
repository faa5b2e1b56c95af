package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.bool;
import static io.braid.broker.config.ConfigType.decimal;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.listOf;
import static io.braid.broker.config.ConfigType.oneOf;
import static io.braid.broker.config.ConfigType.whole;

import java.util.List;

/** The keys of a node about topics: what may be made, and what holds where a topic says nothing itself ({@link TopicKeys}). */
public final class TopicDefaultKeys {
    /** An entry of the shared log must stay below a quarter of Chronicle's 64 MiB block. */
    static final int MAX_MESSAGE_BYTES = 15 << 20;

    private static final String FOREVER = "9223372036854775807";

    public static final ConfigKey<Integer> NUM_PARTITIONS = key(
            "num.partitions",
            integer(1, 1_000_000),
            "1",
            "partitions",
            "Partitions of a topic that is created without a number.");
    public static final ConfigKey<Integer> DEFAULT_REPLICATION_FACTOR = key(
            "default.replication.factor",
            integer(1, Short.MAX_VALUE),
            "1",
            "replicas",
            "Replicas of a topic that is created without a number.");
    public static final ConfigKey<Boolean> AUTO_CREATE_TOPICS = key(
            "auto.create.topics.enable",
            bool(),
            "true",
            "",
            "Whether asking for a topic that does not exist creates it, for clients that want this.");
    public static final ConfigKey<Boolean> DELETE_TOPIC_ENABLE =
            key("delete.topic.enable", bool(), "true", "", "Whether topics can be deleted.");
    public static final ConfigKey<Integer> MAX_TOPIC_PARTITIONS = key(
            "max.topic.partitions",
            integer(1, 10_000_000),
            "1000000",
            "partitions",
            "Most partitions of one topic; a request for more is refused.");
    public static final ConfigKey<Integer> MESSAGE_MAX_BYTES = key(
                    "message.max.bytes",
                    integer(0, MAX_MESSAGE_BYTES),
                    "1048588",
                    "bytes",
                    "Largest batch that a producer may send, compressed.")
            .atRunTime();
    public static final ConfigKey<Integer> MIN_INSYNC_REPLICAS = key(
                    "min.insync.replicas",
                    integer(1, Short.MAX_VALUE),
                    "1",
                    "replicas",
                    "In-sync replicas without which a write with acks=all is refused.")
            .atRunTime();
    public static final ConfigKey<List<String>> LOG_CLEANUP_POLICY = key(
                    "log.cleanup.policy",
                    listOf("a list of delete, compact", true, t -> {
                        ConfigType.require(t.equals("delete") || t.equals("compact"));
                        return t;
                    }),
                    "delete",
                    "",
                    "Default of cleanup.policy.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_RETENTION_MS = key(
                    "log.retention.ms",
                    whole(-1, Long.MAX_VALUE),
                    "604800000",
                    "ms",
                    "Default of retention.ms: age after which records go; -1 keeps them.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_RETENTION_BYTES = key(
                    "log.retention.bytes",
                    whole(-1, Long.MAX_VALUE),
                    "-1",
                    "bytes",
                    "Default of retention.bytes: size of a partition above which its oldest records go; -1 sets no"
                            + " limit.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_CLEANER_DELETE_RETENTION_MS = key(
                    "log.cleaner.delete.retention.ms",
                    whole(0, Long.MAX_VALUE),
                    "86400000",
                    "ms",
                    "Default of delete.retention.ms.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_CLEANER_MIN_COMPACTION_LAG_MS = key(
                    "log.cleaner.min.compaction.lag.ms",
                    whole(0, Long.MAX_VALUE),
                    "0",
                    "ms",
                    "Default of min.compaction.lag.ms.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_CLEANER_MAX_COMPACTION_LAG_MS = key(
                    "log.cleaner.max.compaction.lag.ms",
                    whole(1, Long.MAX_VALUE),
                    FOREVER,
                    "ms",
                    "Default of max.compaction.lag.ms.")
            .atRunTime();
    public static final ConfigKey<Double> LOG_CLEANER_MIN_CLEANABLE_RATIO = key(
                    "log.cleaner.min.cleanable.ratio",
                    decimal(0, 1),
                    "0.5",
                    "",
                    "Default of min.cleanable.dirty.ratio.")
            .atRunTime();
    public static final ConfigKey<String> LOG_TIMESTAMP_TYPE = key(
                    "log.message.timestamp.type",
                    oneOf("CreateTime", "LogAppendTime"),
                    "CreateTime",
                    "",
                    "Default of message.timestamp.type.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_TIMESTAMP_BEFORE_MAX_MS = key(
                    "log.message.timestamp.before.max.ms",
                    whole(0, Long.MAX_VALUE),
                    FOREVER,
                    "ms",
                    "Default of message.timestamp.before.max.ms.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_TIMESTAMP_AFTER_MAX_MS = key(
                    "log.message.timestamp.after.max.ms",
                    whole(0, Long.MAX_VALUE),
                    "3600000",
                    "ms",
                    "Default of message.timestamp.after.max.ms. A timestamp far in the future would pin its segment.")
            .atRunTime();
    public static final ConfigKey<String> COMPRESSION_TYPE = key(
                    "compression.type",
                    oneOf("producer", "uncompressed", "gzip", "lz4", "snappy", "zstd"),
                    "producer",
                    "",
                    "Default of compression.type.")
            .atRunTime();

    private TopicDefaultKeys() {}
}
