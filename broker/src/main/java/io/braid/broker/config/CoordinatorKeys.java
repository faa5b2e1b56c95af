package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.listOf;
import static io.braid.broker.config.ConfigType.oneOf;
import static io.braid.broker.config.ConfigType.whole;

import java.util.List;

/** The keys of a node that its group coordinator reads. They have Kafka's names and defaults. */
public final class CoordinatorKeys {
    public static final ConfigKey<Integer> MIN_SESSION_TIMEOUT_MS = key(
            "group.min.session.timeout.ms",
            integer(1, Integer.MAX_VALUE),
            "6000",
            "ms",
            "Shortest session that a member of the classic protocol may ask for.");
    public static final ConfigKey<Integer> MAX_SESSION_TIMEOUT_MS = key(
            "group.max.session.timeout.ms",
            integer(1, Integer.MAX_VALUE),
            "1800000",
            "ms",
            "Longest session that a member of the classic protocol may ask for.");
    public static final ConfigKey<Integer> INITIAL_REBALANCE_DELAY_MS = key(
            "group.initial.rebalance.delay.ms",
            integer(0, 600_000),
            "3000",
            "ms",
            "How long the first rebalance of an empty group waits for further members.");
    public static final ConfigKey<Integer> MAX_SIZE = key(
            "group.max.size",
            integer(1, Integer.MAX_VALUE),
            "2147483647",
            "members",
            "Most members of a group of the classic protocol.");
    public static final ConfigKey<Integer> CONSUMER_SESSION_TIMEOUT_MS = key(
            "group.consumer.session.timeout.ms",
            integer(1, Integer.MAX_VALUE),
            "45000",
            "ms",
            "Silence after which a member of the consumer protocol is taken for dead; a group may override it.");
    public static final ConfigKey<Integer> CONSUMER_HEARTBEAT_INTERVAL_MS = key(
            "group.consumer.heartbeat.interval.ms",
            integer(1, Integer.MAX_VALUE),
            "5000",
            "ms",
            "Time between the heartbeats of a member of the consumer protocol; a group may override it.");
    public static final ConfigKey<Integer> CONSUMER_MAX_SIZE = key(
            "group.consumer.max.size",
            integer(1, Integer.MAX_VALUE),
            "2147483647",
            "members",
            "Most members of a group of the consumer protocol.");
    public static final ConfigKey<List<String>> CONSUMER_ASSIGNORS = key(
            "group.consumer.assignors",
            listOf("a list of uniform, range", false, CoordinatorKeys::assignor),
            "uniform,range",
            "",
            "Assignors that groups of the consumer protocol may use; the first is the default.");
    public static final ConfigKey<String> CONSUMER_MIGRATION_POLICY = key(
            "group.consumer.migration.policy",
            oneOf("bidirectional", "upgrade", "downgrade", "disabled"),
            "bidirectional",
            "",
            "Whether a group becomes one of the consumer protocol when such a member joins, and a classic one when the"
                    + " last of them leaves.");
    public static final ConfigKey<Integer> OFFSETS_RETENTION_MINUTES = key(
            "offsets.retention.minutes",
            integer(1, Integer.MAX_VALUE),
            "10080",
            "minutes",
            "How long the committed offsets of an empty group stay.");
    public static final ConfigKey<Long> OFFSETS_CHECK_INTERVAL_MS = key(
            "offsets.retention.check.interval.ms",
            whole(1, Long.MAX_VALUE),
            "600000",
            "ms",
            "Time between two looks for offsets past their retention.");
    public static final ConfigKey<Integer> OFFSET_METADATA_MAX_BYTES = key(
            "offset.metadata.max.bytes",
            integer(0, 1 << 20),
            "4096",
            "bytes",
            "Longest text that a client may keep with an offset.");
    public static final ConfigKey<Integer> OFFSETS_TOPIC_PARTITIONS = key(
            "offsets.topic.num.partitions",
            integer(1, 10_000),
            "50",
            "partitions",
            "Partitions of __consumer_offsets when it is made; a group belongs to one of them.");
    public static final ConfigKey<Integer> OFFSETS_TOPIC_REPLICATION_FACTOR = key(
            "offsets.topic.replication.factor",
            integer(-1, Short.MAX_VALUE),
            "-1",
            "replicas",
            "Replicas of __consumer_offsets when it is made. -1: one on each broker, up to 3.");

    private CoordinatorKeys() {}

    private static String assignor(String name) {
        ConfigType.require(name.equals("uniform") || name.equals("range"));
        return name;
    }
}
