package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.bool;
import static io.braid.broker.config.ConfigType.decimal;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.listOf;
import static io.braid.broker.config.ConfigType.oneOf;
import static io.braid.broker.config.ConfigType.require;
import static io.braid.broker.config.ConfigType.whole;

import java.util.List;

/** The keys of a topic: Kafka's, so that any client's topic settings are understood. */
public final class TopicKeys {

    private static final String PASSED_THROUGH =
            "Batches that are re-encoded for compression.type are so with the codec's default level.";
    private static final String SHARED_LOG = "A topic has no files of its own: its records lie in its shards' logs.";
    private static final String NODE_FLUSH = "When records are forced to disk is set for the node: see flush.";
    private static final String NO_TIERS = "There is no remote storage.";

    static final ConfigType<List<String>> CLEANUP_POLICY = listOf("a list of delete, compact", true, text -> {
        require(text.equals("delete") || text.equals("compact"));
        return text;
    });

    // ---- what is kept
    public static final ConfigKey<List<String>> CLEANUP = key(
                    "cleanup.policy",
                    CLEANUP_POLICY,
                    "",
                    "",
                    "delete: old records go by age and size. compact: of every key the last record stays. An empty list"
                            + " keeps everything.")
            .defaultFrom(TopicDefaultKeys.LOG_CLEANUP_POLICY);
    public static final ConfigKey<Long> RETENTION_MS = key(
                    "retention.ms", whole(-1, Long.MAX_VALUE), "", "ms", "Age after which records go; -1 keeps them.")
            .defaultFrom(TopicDefaultKeys.LOG_RETENTION_MS);
    public static final ConfigKey<Long> RETENTION_BYTES = key(
                    "retention.bytes",
                    whole(-1, Long.MAX_VALUE),
                    "",
                    "bytes",
                    "Size of a partition above which its oldest records go; -1 sets no limit.")
            .defaultFrom(TopicDefaultKeys.LOG_RETENTION_BYTES);
    public static final ConfigKey<Long> DELETE_RETENTION_MS = key(
                    "delete.retention.ms",
                    whole(0, Long.MAX_VALUE),
                    "",
                    "ms",
                    "How long a tombstone of a compacted topic stays.")
            .defaultFrom(TopicDefaultKeys.LOG_CLEANER_DELETE_RETENTION_MS);
    public static final ConfigKey<Long> MIN_COMPACTION_LAG_MS = key(
                    "min.compaction.lag.ms",
                    whole(0, Long.MAX_VALUE),
                    "",
                    "ms",
                    "Least time that a record of a compacted topic stays.")
            .defaultFrom(TopicDefaultKeys.LOG_CLEANER_MIN_COMPACTION_LAG_MS);
    public static final ConfigKey<Long> MAX_COMPACTION_LAG_MS = key(
                    "max.compaction.lag.ms",
                    whole(1, Long.MAX_VALUE),
                    "",
                    "ms",
                    "Longest time that a record of a compacted topic stays out of compaction.")
            .defaultFrom(TopicDefaultKeys.LOG_CLEANER_MAX_COMPACTION_LAG_MS);
    public static final ConfigKey<Double> MIN_CLEANABLE_DIRTY_RATIO = key(
                    "min.cleanable.dirty.ratio",
                    decimal(0, 1),
                    "",
                    "",
                    "Share of a compacted partition that must be uncompacted before it is compacted again.")
            .defaultFrom(TopicDefaultKeys.LOG_CLEANER_MIN_CLEANABLE_RATIO);

    // ---- what is accepted from producers
    public static final ConfigKey<Integer> MAX_MESSAGE_BYTES = key(
                    "max.message.bytes",
                    integer(0, TopicDefaultKeys.MAX_MESSAGE_BYTES),
                    "",
                    "bytes",
                    "Largest batch that a producer may send, compressed.")
            .defaultFrom(TopicDefaultKeys.MESSAGE_MAX_BYTES);
    public static final ConfigKey<Integer> MIN_INSYNC_REPLICAS = key(
                    "min.insync.replicas",
                    integer(1, Short.MAX_VALUE),
                    "",
                    "",
                    "In-sync replicas without which a write with acks=all is refused.")
            .defaultFrom(TopicDefaultKeys.MIN_INSYNC_REPLICAS);
    public static final ConfigKey<String> COMPRESSION = key(
                    "compression.type",
                    oneOf("producer", "uncompressed", "gzip", "lz4", "snappy", "zstd"),
                    "",
                    "",
                    "Codec of stored batches; producer keeps each batch as it was sent, any other is re-encoded if it"
                            + " differs.")
            .defaultFrom(TopicDefaultKeys.COMPRESSION_TYPE);
    public static final ConfigKey<String> TIMESTAMP_TYPE = key(
                    "message.timestamp.type",
                    oneOf("CreateTime", "LogAppendTime"),
                    "",
                    "",
                    "CreateTime keeps the producer's timestamps; LogAppendTime sets the broker's.")
            .defaultFrom(TopicDefaultKeys.LOG_TIMESTAMP_TYPE);
    public static final ConfigKey<Long> TIMESTAMP_BEFORE_MAX_MS = key(
                    "message.timestamp.before.max.ms",
                    whole(0, Long.MAX_VALUE),
                    "",
                    "ms",
                    "How far a producer's timestamp may lie in the past.")
            .defaultFrom(TopicDefaultKeys.LOG_TIMESTAMP_BEFORE_MAX_MS);
    public static final ConfigKey<Long> TIMESTAMP_AFTER_MAX_MS = key(
                    "message.timestamp.after.max.ms",
                    whole(0, Long.MAX_VALUE),
                    "",
                    "ms",
                    "How far a producer's timestamp may lie in the future.")
            .defaultFrom(TopicDefaultKeys.LOG_TIMESTAMP_AFTER_MAX_MS);

    // ---- segments
    public static final ConfigKey<Long> SEGMENT_MS = key(
                    "segment.ms",
                    whole(1, Long.MAX_VALUE),
                    "",
                    "ms",
                    "Age of the oldest record at which the shard's segment is sealed, so that retention and compaction"
                            + " reach it.")
            .defaultFrom(NodeKeys.LOG_ROLL_MS);

    // ---- accepted, no effect
    public static final ConfigKey<Boolean> UNCLEAN_LEADER_ELECTION = key(
            "unclean.leader.election.enable",
            ConfigType.of(
                    ConfigType.Wire.BOOLEAN,
                    "false: unclean leader election is a setting of the pool of shards, not of a topic",
                    text -> {
                        require(!bool().parse(text));
                        return false;
                    }),
            "false",
            "",
            "Whether a replica that was not in sync may lead. Only false is accepted: a topic shares its shards, so this"
                    + " is a setting of the pool.");
    public static final ConfigKey<Boolean> REMOTE_STORAGE_ENABLE = key(
            "remote.storage.enable",
            ConfigType.of(ConfigType.Wire.BOOLEAN, "false: there is no remote storage", text -> {
                require(!bool().parse(text));
                return false;
            }),
            "false",
            "",
            "Only false is accepted: there is no remote storage.");

    public static final ConfigTable TABLE = ConfigTable.builder("topic")
            .section(
                    "What is kept",
                    "",
                    CLEANUP,
                    RETENTION_MS,
                    RETENTION_BYTES,
                    DELETE_RETENTION_MS,
                    MIN_COMPACTION_LAG_MS,
                    MAX_COMPACTION_LAG_MS,
                    MIN_CLEANABLE_DIRTY_RATIO)
            .section(
                    "What producers may send",
                    "",
                    MAX_MESSAGE_BYTES,
                    MIN_INSYNC_REPLICAS,
                    COMPRESSION,
                    TIMESTAMP_TYPE,
                    TIMESTAMP_BEFORE_MAX_MS,
                    TIMESTAMP_AFTER_MAX_MS)
            .section("Segments", "", SEGMENT_MS)
            .section("Only one value allowed", "", UNCLEAN_LEADER_ELECTION, REMOTE_STORAGE_ENABLE)
            .section(
                    "Accepted without effect",
                    "",
                    key(
                                    "compression.gzip.level",
                                    ConfigType.of(ConfigType.Wire.INT, "a whole number from 1 to 9, or -1", text -> {
                                        int level = Integer.parseInt(text);
                                        require(level == -1 || (level >= 1 && level <= 9));
                                        return level;
                                    }),
                                    "-1",
                                    "",
                                    "Level of gzip.")
                            .ignored(PASSED_THROUGH),
                    key("compression.lz4.level", integer(1, 17), "9", "", "Level of lz4.")
                            .ignored(PASSED_THROUGH),
                    key("compression.zstd.level", integer(-131072, 22), "3", "", "Level of zstd.")
                            .ignored(PASSED_THROUGH),
                    key("segment.bytes", integer(1 << 20, Integer.MAX_VALUE), "", "bytes", "Size of a segment.")
                            .defaultFrom(NodeKeys.LOG_SEGMENT_BYTES)
                            .ignored(SHARED_LOG),
                    key("segment.jitter.ms", whole(0, Long.MAX_VALUE), "0", "ms", "Random part of segment.ms.")
                            .ignored(SHARED_LOG),
                    key("segment.index.bytes", integer(4, Integer.MAX_VALUE), "10485760", "bytes", "Size of an index.")
                            .ignored(SHARED_LOG),
                    key("index.interval.bytes", integer(0, Integer.MAX_VALUE), "4096", "bytes", "Density of an index.")
                            .ignored("Every batch has its row in the index."),
                    key("file.delete.delay.ms", whole(0, Long.MAX_VALUE), "60000", "ms", "Delay of a file's deletion.")
                            .ignored(SHARED_LOG),
                    key("preallocate", bool(), "false", "", "Whether files are preallocated.")
                            .ignored("Segments are always preallocated."),
                    key(
                                    "flush.messages",
                                    whole(1, Long.MAX_VALUE),
                                    "9223372036854775807",
                                    "records",
                                    "Records per fsync.")
                            .ignored(NODE_FLUSH),
                    key("flush.ms", whole(0, Long.MAX_VALUE), "9223372036854775807", "ms", "Time between fsyncs.")
                            .ignored(NODE_FLUSH),
                    key("local.retention.ms", whole(-2, Long.MAX_VALUE), "-2", "ms", "Age before the local copy goes.")
                            .ignored(NO_TIERS),
                    key("local.retention.bytes", whole(-2, Long.MAX_VALUE), "-2", "bytes", "Size of the local copy.")
                            .ignored(NO_TIERS),
                    key("remote.log.copy.disable", bool(), "false", "", "Stops copying.")
                            .ignored(NO_TIERS),
                    key("remote.log.delete.on.disable", bool(), "false", "", "Deletes the copy.")
                            .ignored(NO_TIERS),
                    key(
                                    "max.decompressed.message.bytes",
                                    integer(0, Integer.MAX_VALUE),
                                    "2147483647",
                                    "bytes",
                                    "Largest record, uncompressed.")
                            .ignored("The largest batch is set by max.message.bytes."),
                    key("remote.copy.lag.ms", whole(-1, Long.MAX_VALUE), "0", "ms", "Age before a copy is made.")
                            .ignored(NO_TIERS),
                    key("remote.copy.lag.bytes", whole(-1, Long.MAX_VALUE), "0", "bytes", "Size before a copy is made.")
                            .ignored(NO_TIERS),
                    key(
                                    "errors.deadletterqueue.group.enable",
                                    bool(),
                                    "false",
                                    "",
                                    "Whether share groups may write undeliverable records to the topic.")
                            .ignored("There are no share groups."),
                    key("leader.replication.throttled.replicas", ConfigType.text(), "", "", "Throttled replicas.")
                            .ignored("Replication is throttled by shard."),
                    key("follower.replication.throttled.replicas", ConfigType.text(), "", "", "Throttled replicas.")
                            .ignored("Replication is throttled by shard."))
            .build();

    private TopicKeys() {}
}
