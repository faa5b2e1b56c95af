package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.Wire;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.listOf;
import static io.braid.broker.config.ConfigType.oneOf;
import static io.braid.broker.config.ConfigType.text;
import static io.braid.broker.config.ConfigType.whole;

import io.braid.log.FlushMode;
import java.util.List;
import java.util.Locale;

/**
 * The keys of a node, and the table of all of them: the keys of its parts are in classes of their own, such as
 * {@link ReplicationKeys}. They have Kafka's names where they mean the same.
 */
public final class NodeKeys {
    private static final int MIB = 1 << 20;

    private static final ConfigType<HostPort> ADDRESS =
            ConfigType.of(Wire.STRING, "host:port, where port 0 picks a free one", HostPort::parse);
    private static final String NAMED_ADDRESSES = "a list of NAME://host:port, each name once";

    // ---- node
    public static final ConfigKey<Integer> NODE_ID = key(
            "node.id", integer(0, Integer.MAX_VALUE), "1", "", "Identity of the node in the cluster; never reused.");
    public static final ConfigKey<List<Role>> PROCESS_ROLES = key(
            "process.roles",
            listOf("a list of broker, controller", false, t -> Role.valueOf(t.toUpperCase(Locale.ROOT))),
            "broker,controller",
            "",
            "What the node does. Both: a node that needs no other.");
    public static final ConfigKey<String> BROKER_RACK =
            key("broker.rack", text(), "", "", "Rack or zone of the node; replicas are spread over racks.");

    // ---- listeners
    public static final ConfigKey<List<Listener>> LISTENERS = key(
            "listeners",
            listOf(NAMED_ADDRESSES, false, Listener::parse),
            "PLAINTEXT://127.0.0.1:9092",
            "",
            "Addresses for Kafka clients. Port 0 picks a free one, shown in the ready line.");
    public static final ConfigKey<List<Listener>> ADVERTISED_LISTENERS = key(
            "advertised.listeners",
            listOf(NAMED_ADDRESSES, true, Listener::parse),
            "",
            "",
            "Addresses that clients are told to connect to, by listener name. Not set: those of listeners.");
    public static final ConfigKey<HostPort> CONTROLLER_LISTENER = key(
            "controller.listener", ADDRESS, "127.0.0.1:9093", "", "Where brokers reach the controller of this node.");
    public static final ConfigKey<HostPort> RAFT_LISTENER = key(
            "raft.listener",
            ADDRESS,
            "127.0.0.1:9094",
            "",
            "Where the controllers reach each other. Keep it on a private network.");
    public static final ConfigKey<HostPort> INTER_BROKER_LISTENER = key(
            "inter.broker.listener",
            ADDRESS,
            "127.0.0.1:9095",
            "",
            "Where other brokers fetch what this one leads. Never an address for clients: who reaches it could pose as a"
                    + " replica. Keep it on a private network.");
    public static final ConfigKey<List<HostPort>> ADVERTISED_INTER_BROKER_LISTENER = key(
            "advertised.inter.broker.listener",
            listOf("host:port", true, HostPort::parse),
            "",
            "",
            "Address that other brokers are told to connect to. Not set: that of inter.broker.listener.");
    public static final ConfigKey<HostPort> ADMIN_LISTENER =
            key("admin.listener", ADDRESS, "127.0.0.1:9644", "", "HTTP: /metrics, /healthz, /readyz.");

    // ---- log
    public static final ConfigKey<List<String>> LOG_DIRS = key(
            "log.dirs",
            listOf("a list of directories", false, t -> t),
            "./braid-data",
            "",
            "Directories of the shards' logs. braid start --data sets it.");
    public static final ConfigKey<FlushMode> FLUSH = key(
            "flush",
            oneOf(FlushMode.class),
            "replicated",
            "",
            "When a write is acknowledged. replicated: once it is in the page cache of the in-sync replicas; it survives a"
                    + " killed process, and a power loss as long as one of them keeps power. group: after an fsync that"
                    + " it shares with its neighbours; it survives a power loss.");
    public static final ConfigKey<Integer> LOG_FLUSH_BYTES = key(
            "log.flush.bytes",
            integer(64 << 10, Integer.MAX_VALUE),
            "16777216",
            "bytes",
            "Bytes of a shard after which a background fsync starts.");
    public static final ConfigKey<Long> LOG_FLUSH_INTERVAL_MS = key(
            "log.flush.interval.ms",
            whole(10, 3_600_000),
            "5000",
            "ms",
            "Longest time that a write waits for a background fsync.");
    public static final ConfigKey<Integer> LOG_SEGMENT_BYTES =
            key("log.segment.bytes", integer(MIB, 1 << 30), "134217728", "bytes", "Largest segment of a shard's log.");
    public static final ConfigKey<Integer> LOG_SEGMENT_INITIAL_BYTES = key(
            "log.segment.initial.bytes",
            integer(MIB, 1 << 30),
            "1048576",
            "bytes",
            "First segment of a shard's log; each next one doubles, up to log.segment.bytes.");
    public static final ConfigKey<Long> LOG_ROLL_MS = key(
                    "log.roll.ms",
                    whole(1, Long.MAX_VALUE),
                    "604800000",
                    "ms",
                    "Age of the oldest record at which a segment is sealed.")
            .atRunTime();
    public static final ConfigKey<Long> LOG_CHECKPOINT_BYTES = key(
            "log.checkpoint.bytes",
            whole(MIB, Long.MAX_VALUE),
            "33554432",
            "bytes",
            "Bytes of a shard's log after which its tables are checkpointed: what a restart replays.");
    public static final ConfigKey<Long> LOG_MIN_FREE_BYTES = key(
            "log.min.free.bytes",
            whole(0, Long.MAX_VALUE),
            "67108864",
            "bytes",
            "Free space below which a log directory becomes read-only: producers get an error, reads go on.");
    public static final ConfigKey<Integer> RECOVERY_THREADS = key(
            "num.recovery.threads.per.data.dir",
            integer(1, 256),
            "2",
            "threads",
            "Shards of a directory that are recovered at once.");
    public static final ConfigKey<Long> PRODUCER_ID_EXPIRATION_MS = key(
            "producer.id.expiration.ms",
            whole(1, Long.MAX_VALUE),
            "86400000",
            "ms",
            "Idle time after which the sequence of an idempotent producer is forgotten.");
    public static final ConfigKey<Long> PRODUCER_STATE_MAX_BYTES = key(
            "producer.state.max.bytes",
            whole(MIB, Long.MAX_VALUE),
            "67108864",
            "bytes",
            "Memory of a shard for producers' sequences; beyond it the most idle are forgotten.");
    public static final ConfigKey<Long> RETENTION_CHECK_INTERVAL_MS = key(
            "log.retention.check.interval.ms",
            whole(1, Long.MAX_VALUE),
            "30000",
            "ms",
            "Time between two looks for records to delete.");

    // ---- network
    public static final ConfigKey<Integer> NUM_NETWORK_THREADS = key(
            "num.network.threads",
            integer(0, 256),
            "0",
            "threads",
            "Event loops of the client listeners; 0: one a core.");
    public static final ConfigKey<Integer> MAX_CONNECTIONS = key(
            "max.connections",
            integer(1, Integer.MAX_VALUE),
            "100000",
            "connections",
            "Client connections of the node; further ones are closed at once.");
    public static final ConfigKey<Long> CONNECTIONS_MAX_IDLE_MS = key(
            "connections.max.idle.ms",
            whole(-1, Long.MAX_VALUE),
            "600000",
            "ms",
            "Silence after which a connection is closed; -1 never.");
    public static final ConfigKey<Integer> SOCKET_REQUEST_MAX_BYTES = key(
            "socket.request.max.bytes",
            integer(1024, Integer.MAX_VALUE),
            "104857600",
            "bytes",
            "Largest request; a connection that sends a larger one is closed.");
    public static final ConfigKey<Integer> SOCKET_SEND_BUFFER_BYTES = key(
            "socket.send.buffer.bytes",
            integer(-1, Integer.MAX_VALUE),
            "-1",
            "bytes",
            "SO_SNDBUF; -1 leaves it to the system.");
    public static final ConfigKey<Integer> SOCKET_RECEIVE_BUFFER_BYTES = key(
            "socket.receive.buffer.bytes",
            integer(-1, Integer.MAX_VALUE),
            "-1",
            "bytes",
            "SO_RCVBUF; -1 leaves it to the system.");
    public static final ConfigKey<Integer> SOCKET_LISTEN_BACKLOG = key(
            "socket.listen.backlog.size",
            integer(1, 65535),
            "1024",
            "connections",
            "Connections that wait to be accepted.");
    public static final ConfigKey<Long> QUEUED_MAX_REQUEST_BYTES = key(
            "queued.max.request.bytes",
            whole(MIB, Long.MAX_VALUE),
            "268435456",
            "bytes",
            "Requests in memory on all connections; beyond it connections are not read until some are answered.");
    public static final ConfigKey<Long> CONNECTION_MAX_RESPONSE_BYTES = key(
            "connection.max.response.bytes",
            whole(64 << 10, Long.MAX_VALUE),
            "16777216",
            "bytes",
            "Unsent answers of one connection; beyond it the connection is not read until they drain.");

    // ---- produce and fetch
    public static final ConfigKey<Integer> SHARD_THREADS =
            key("shard.threads", integer(1, 256), "4", "threads", "Threads that own the shards and append.");
    public static final ConfigKey<Integer> READER_THREADS = key(
            "reader.threads",
            integer(1, 1024),
            "8",
            "threads",
            "Threads for reads that may have to wait for the disk.");
    public static final ConfigKey<Integer> FETCH_MAX_BYTES =
            key("fetch.max.bytes", integer(1024, Integer.MAX_VALUE), "57671680", "bytes", "Largest answer to a fetch.");
    public static final ConfigKey<Long> FETCH_INFLIGHT_MAX_BYTES = key(
            "fetch.inflight.max.bytes",
            whole(MIB, Long.MAX_VALUE),
            "268435456",
            "bytes",
            "Records read for fetches and not yet sent, in memory; beyond it answers get small (64 KiB).");
    /** Kafka's names of its selectors; the first is what it does when none is configured. */
    static final String LEADER_SELECTOR = "org.apache.kafka.common.replica.LeaderSelector";

    public static final ConfigKey<String> REPLICA_SELECTOR_CLASS = key(
            "replica.selector.class",
            oneOf(LEADER_SELECTOR, "org.apache.kafka.common.replica.RackAwareReplicaSelector"),
            LEADER_SELECTOR,
            "",
            "Where consumers with a client.rack read. RackAwareReplicaSelector: from an in-sync replica whose broker.rack"
                    + " is the same, if the leader's is not.");
    public static final ConfigKey<Integer> MAX_FETCH_SESSIONS = key(
            "max.incremental.fetch.session.cache.slots",
            integer(0, Integer.MAX_VALUE),
            "10000",
            "sessions",
            "Incremental fetch sessions; further clients fetch without one.");
    public static final ConfigKey<Integer> MAX_REQUEST_PARTITIONS = key(
            "max.request.partition.size.limit",
            integer(1, Integer.MAX_VALUE),
            "2000",
            "partitions",
            "Most partitions in one page of DescribeTopicPartitions.");

    public static final ConfigTable TABLE = ConfigTable.builder("node")
            .section("Node", "", NODE_ID, PROCESS_ROLES, BROKER_RACK)
            .section(
                    "Listeners",
                    "A host that is left out stands for all interfaces.",
                    LISTENERS,
                    ADVERTISED_LISTENERS,
                    CONTROLLER_LISTENER,
                    RAFT_LISTENER,
                    INTER_BROKER_LISTENER,
                    ADVERTISED_INTER_BROKER_LISTENER,
                    ADMIN_LISTENER)
            .section(
                    "Log",
                    "",
                    LOG_DIRS,
                    FLUSH,
                    LOG_FLUSH_BYTES,
                    LOG_FLUSH_INTERVAL_MS,
                    LOG_SEGMENT_BYTES,
                    LOG_SEGMENT_INITIAL_BYTES,
                    LOG_ROLL_MS,
                    LOG_CHECKPOINT_BYTES,
                    LOG_MIN_FREE_BYTES,
                    RECOVERY_THREADS,
                    PRODUCER_ID_EXPIRATION_MS,
                    PRODUCER_STATE_MAX_BYTES,
                    RETENTION_CHECK_INTERVAL_MS,
                    CleanerKeys.ENABLE,
                    CleanerKeys.BACKOFF_MS,
                    CleanerKeys.DEDUPE_BUFFER_BYTES,
                    CleanerKeys.DEDUPE_LOAD_FACTOR,
                    CleanerKeys.MAX_BYTES_PER_SECOND,
                    CleanerKeys.IO_BUFFER_BYTES,
                    RewriteKeys.THREADS,
                    RewriteKeys.BYTES_PER_SECOND,
                    RewriteKeys.MIN_DEAD_RATIO,
                    RewriteKeys.MAX_DEAD_AGE_MS,
                    RewriteKeys.SORT_AFTER_MS,
                    RewriteKeys.MERGE_SEGMENTS,
                    RewriteKeys.INTERVAL_MS)
            .section(
                    "Topics and their defaults",
                    "",
                    TopicDefaultKeys.NUM_PARTITIONS,
                    TopicDefaultKeys.DEFAULT_REPLICATION_FACTOR,
                    TopicDefaultKeys.AUTO_CREATE_TOPICS,
                    TopicDefaultKeys.DELETE_TOPIC_ENABLE,
                    TopicDefaultKeys.MAX_TOPIC_PARTITIONS,
                    TopicDefaultKeys.MESSAGE_MAX_BYTES,
                    TopicDefaultKeys.MIN_INSYNC_REPLICAS,
                    TopicDefaultKeys.LOG_CLEANUP_POLICY,
                    TopicDefaultKeys.LOG_RETENTION_MS,
                    TopicDefaultKeys.LOG_RETENTION_BYTES,
                    TopicDefaultKeys.LOG_CLEANER_DELETE_RETENTION_MS,
                    TopicDefaultKeys.LOG_CLEANER_MIN_COMPACTION_LAG_MS,
                    TopicDefaultKeys.LOG_CLEANER_MAX_COMPACTION_LAG_MS,
                    TopicDefaultKeys.LOG_CLEANER_MIN_CLEANABLE_RATIO,
                    TopicDefaultKeys.LOG_TIMESTAMP_TYPE,
                    TopicDefaultKeys.LOG_TIMESTAMP_BEFORE_MAX_MS,
                    TopicDefaultKeys.LOG_TIMESTAMP_AFTER_MAX_MS,
                    TopicDefaultKeys.COMPRESSION_TYPE)
            .section(
                    "Network",
                    "",
                    NUM_NETWORK_THREADS,
                    MAX_CONNECTIONS,
                    CONNECTIONS_MAX_IDLE_MS,
                    SOCKET_REQUEST_MAX_BYTES,
                    SOCKET_SEND_BUFFER_BYTES,
                    SOCKET_RECEIVE_BUFFER_BYTES,
                    SOCKET_LISTEN_BACKLOG,
                    QUEUED_MAX_REQUEST_BYTES,
                    CONNECTION_MAX_RESPONSE_BYTES)
            .section(
                    "Produce and fetch",
                    "",
                    SHARD_THREADS,
                    READER_THREADS,
                    FETCH_MAX_BYTES,
                    FETCH_INFLIGHT_MAX_BYTES,
                    REPLICA_SELECTOR_CLASS,
                    MAX_FETCH_SESSIONS,
                    MAX_REQUEST_PARTITIONS)
            .section(
                    "Groups and committed offsets",
                    "",
                    CoordinatorKeys.MIN_SESSION_TIMEOUT_MS,
                    CoordinatorKeys.MAX_SESSION_TIMEOUT_MS,
                    CoordinatorKeys.INITIAL_REBALANCE_DELAY_MS,
                    CoordinatorKeys.MAX_SIZE,
                    CoordinatorKeys.CONSUMER_SESSION_TIMEOUT_MS,
                    CoordinatorKeys.CONSUMER_HEARTBEAT_INTERVAL_MS,
                    CoordinatorKeys.CONSUMER_MAX_SIZE,
                    CoordinatorKeys.CONSUMER_ASSIGNORS,
                    CoordinatorKeys.CONSUMER_MIGRATION_POLICY,
                    CoordinatorKeys.OFFSETS_RETENTION_MINUTES,
                    CoordinatorKeys.OFFSETS_CHECK_INTERVAL_MS,
                    CoordinatorKeys.OFFSET_METADATA_MAX_BYTES,
                    CoordinatorKeys.OFFSETS_TOPIC_PARTITIONS,
                    CoordinatorKeys.OFFSETS_TOPIC_REPLICATION_FACTOR)
            .section(
                    "Replication",
                    "",
                    ReplicationKeys.FETCH_MAX_BYTES,
                    ReplicationKeys.FETCH_WAIT_MAX_MS,
                    ReplicationKeys.LAG_TIME_MAX_MS,
                    ReplicationKeys.CATCH_UP_BYTES_PER_SECOND,
                    ReplicationKeys.MOVE_MAX_CONCURRENT)
            .section(
                    "Metadata quorum",
                    "",
                    QuorumKeys.VOTERS,
                    QuorumKeys.METADATA_LOG_DIR,
                    QuorumKeys.ELECTION_TIMEOUT_MS,
                    QuorumKeys.REQUEST_TIMEOUT_MS,
                    QuorumKeys.BROKER_HEARTBEAT_INTERVAL_MS,
                    QuorumKeys.BROKER_SESSION_TIMEOUT_MS,
                    QuorumKeys.SHARDS_PER_POOL,
                    QuorumKeys.MIN_BROKERS_FOR_POOL,
                    QuorumKeys.AUTO_LEADER_REBALANCE,
                    QuorumKeys.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS,
                    QuorumKeys.RAFT_TLS_KEY,
                    QuorumKeys.RAFT_TLS_CERTIFICATE,
                    QuorumKeys.RAFT_TLS_AUTHORITY)
            .section("TLS among nodes", "", TlsKeys.KEY, TlsKeys.CERTIFICATE, TlsKeys.AUTHORITY)
            .alias("log.retention.minutes", TopicDefaultKeys.LOG_RETENTION_MS, 60_000)
            .alias("log.retention.hours", TopicDefaultKeys.LOG_RETENTION_MS, 3_600_000)
            .alias("log.roll.hours", LOG_ROLL_MS, 3_600_000)
            .build();

    private NodeKeys() {}
}
