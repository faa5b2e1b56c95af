package io.braid.broker.config;

import io.braid.broker.replication.CopyLimits;
import io.braid.log.FlushMode;
import io.braid.log.RewriteConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that a node is told at its start, by component. Immutable.
 *
 * @param values the same as texts, for DescribeConfigs
 */
public record NodeConfig(
        Identity node,
        Listeners listeners,
        Log log,
        Topics topics,
        Network network,
        Requests requests,
        Replication replication,
        Quorum quorum,
        ConfigValues values) {

    /**
     * Who the node is.
     *
     * @param rack of {@code broker.rack}
     */
    public record Identity(int nodeId, Set<Role> roles, Optional<String> rack) {
        public Identity {
            roles = Set.copyOf(roles);
            Objects.requireNonNull(rack);
        }

        public boolean isBroker() {
            return roles.contains(Role.BROKER);
        }

        public boolean isController() {
            return roles.contains(Role.CONTROLLER);
        }
    }

    /**
     * Where the node listens. A port may be 0: the one that the system picks is known once it is bound.
     *
     * @param clients for Kafka clients, to bind
     * @param advertised what clients are told, one for each of {@code clients} in the same order; a port 0 stands for
     *     the port that was bound
     * @param interBroker for the other brokers, to bind
     * @param interBrokerAdvertised what they are told; a port 0 stands for the port that was bound
     */
    public record Listeners(
            List<Listener> clients,
            List<Listener> advertised,
            HostPort controller,
            HostPort raft,
            HostPort interBroker,
            HostPort interBrokerAdvertised,
            HostPort admin) {
        public Listeners {
            clients = List.copyOf(clients);
            advertised = List.copyOf(advertised);
        }
    }

    /** The shards' logs. */
    public record Log(
            List<Path> directories,
            FlushMode flush,
            int flushBytes,
            long flushIntervalMs,
            int segmentBytes,
            int segmentInitialBytes,
            long rollMs,
            long checkpointBytes,
            long minFreeBytes,
            int recoveryThreadsPerDirectory,
            long producerExpirationMs,
            long producerStateMaxBytes,
            long retentionCheckIntervalMs,
            RewriteConfig rewrite) {
        public Log {
            directories = List.copyOf(directories);
        }
    }

    /** Topics that are created without saying more, and the limits of all. */
    public record Topics(
            int numPartitions,
            short defaultReplicationFactor,
            boolean autoCreate,
            boolean deleteEnabled,
            int maxPartitions) {}

    /**
     * The client listeners' sockets.
     *
     * @param threads event loops, at least 1
     * @param maxIdleMs -1 for never
     * @param sendBufferBytes -1 for the system's
     * @param receiveBufferBytes -1 for the system's
     */
    public record Network(
            int threads,
            int maxConnections,
            long maxIdleMs,
            int maxRequestBytes,
            int sendBufferBytes,
            int receiveBufferBytes,
            int backlog,
            long maxQueuedRequestBytes,
            long maxConnectionResponseBytes) {}

    /** Produce, fetch and describe requests. */
    public record Requests(
            int shardThreads,
            int readerThreads,
            int fetchMaxBytes,
            long fetchInflightMaxBytes,
            int maxFetchSessions,
            int maxDescribedPartitions,
            boolean rackAwareFetch) {}

    /**
     * Shards of which this node is not the only replica.
     *
     * @param copying unless it was altered while the node runs
     */
    public record Replication(int fetchMaxBytes, int fetchWaitMaxMs, long lagTimeMaxMs, CopyLimits copying) {}

    /**
     * The metadata quorum and the broker's session with it.
     *
     * @param voters all controllers; empty when this node is the only one
     * @param directory of the metadata log
     * @param shardsPerPool 0 leaves it to the number of brokers
     * @param minBrokersForPool before a pool with several replicas is made
     * @param balanceIntervalMs between elections of preferred leaders; 0 for none
     * @param raftTls key, certificate and authority of the Raft listener
     */
    public record Quorum(
            List<QuorumVoter> voters,
            Path directory,
            int electionTimeoutMs,
            int requestTimeoutMs,
            int heartbeatIntervalMs,
            int sessionTimeoutMs,
            int shardsPerPool,
            int minBrokersForPool,
            long balanceIntervalMs,
            Optional<TlsPaths> raftTls) {
        public Quorum {
            voters = List.copyOf(voters);
            Objects.requireNonNull(raftTls);
        }
    }

    /** PEM files: private key, certificate chain, and the certificates that sign those of the others. */
    public record TlsPaths(Path key, Path certificate, Path authority) {}

    /**
     * Reads a node's configuration. Relative directories are those of the process.
     *
     * @param texts by key; what is missing has its default
     * @throws ConfigException with everything that is wrong
     */
    public static NodeConfig parse(Map<String, String> texts) throws ConfigException {
        ConfigValues values = NodeKeys.TABLE.parse(texts);
        List<ConfigProblem> problems = NodeConfigChecks.problems(values);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new NodeConfig(
                identity(values),
                listeners(values),
                log(values),
                topics(values),
                network(values),
                requests(values),
                replication(values),
                quorum(values),
                values);
    }

    private static Identity identity(ConfigValues v) {
        return new Identity(
                v.get(NodeKeys.NODE_ID),
                Set.copyOf(v.get(NodeKeys.PROCESS_ROLES)),
                Optional.of(v.get(NodeKeys.BROKER_RACK)).filter(rack -> !rack.isEmpty()));
    }

    private static Listeners listeners(ConfigValues v) {
        List<Listener> clients = v.get(NodeKeys.LISTENERS);
        Map<String, Listener> advertised =
                v.get(NodeKeys.ADVERTISED_LISTENERS).stream().collect(Collectors.toMap(Listener::name, l -> l));
        List<Listener> told = new ArrayList<>();
        clients.forEach(l -> told.add(advertised.getOrDefault(l.name(), l)));
        HostPort interBroker = v.get(NodeKeys.INTER_BROKER_LISTENER);
        return new Listeners(
                clients,
                told,
                v.get(NodeKeys.CONTROLLER_LISTENER),
                v.get(NodeKeys.RAFT_LISTENER),
                interBroker,
                v.get(NodeKeys.ADVERTISED_INTER_BROKER_LISTENER).stream()
                        .findFirst()
                        .orElse(interBroker),
                v.get(NodeKeys.ADMIN_LISTENER));
    }

    private static Log log(ConfigValues v) {
        return new Log(
                v.get(NodeKeys.LOG_DIRS).stream().map(Path::of).toList(),
                v.get(NodeKeys.FLUSH),
                v.get(NodeKeys.LOG_FLUSH_BYTES),
                v.get(NodeKeys.LOG_FLUSH_INTERVAL_MS),
                v.get(NodeKeys.LOG_SEGMENT_BYTES),
                v.get(NodeKeys.LOG_SEGMENT_INITIAL_BYTES),
                v.get(NodeKeys.LOG_ROLL_MS),
                v.get(NodeKeys.LOG_CHECKPOINT_BYTES),
                v.get(NodeKeys.LOG_MIN_FREE_BYTES),
                v.get(NodeKeys.RECOVERY_THREADS),
                v.get(NodeKeys.PRODUCER_ID_EXPIRATION_MS),
                v.get(NodeKeys.PRODUCER_STATE_MAX_BYTES),
                v.get(NodeKeys.RETENTION_CHECK_INTERVAL_MS),
                new RewriteConfig(
                        v.get(RewriteKeys.THREADS),
                        v.get(RewriteKeys.BYTES_PER_SECOND),
                        v.get(RewriteKeys.MIN_DEAD_RATIO),
                        v.get(RewriteKeys.MAX_DEAD_AGE_MS),
                        v.get(RewriteKeys.SORT_AFTER_MS),
                        v.get(RewriteKeys.MERGE_SEGMENTS),
                        v.get(RewriteKeys.INTERVAL_MS)));
    }

    private static Topics topics(ConfigValues v) {
        return new Topics(
                v.get(TopicDefaultKeys.NUM_PARTITIONS),
                v.get(TopicDefaultKeys.DEFAULT_REPLICATION_FACTOR).shortValue(),
                v.get(TopicDefaultKeys.AUTO_CREATE_TOPICS),
                v.get(TopicDefaultKeys.DELETE_TOPIC_ENABLE),
                v.get(TopicDefaultKeys.MAX_TOPIC_PARTITIONS));
    }

    private static Network network(ConfigValues v) {
        int threads = v.get(NodeKeys.NUM_NETWORK_THREADS);
        return new Network(
                threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
                v.get(NodeKeys.MAX_CONNECTIONS),
                v.get(NodeKeys.CONNECTIONS_MAX_IDLE_MS),
                v.get(NodeKeys.SOCKET_REQUEST_MAX_BYTES),
                v.get(NodeKeys.SOCKET_SEND_BUFFER_BYTES),
                v.get(NodeKeys.SOCKET_RECEIVE_BUFFER_BYTES),
                v.get(NodeKeys.SOCKET_LISTEN_BACKLOG),
                v.get(NodeKeys.QUEUED_MAX_REQUEST_BYTES),
                v.get(NodeKeys.CONNECTION_MAX_RESPONSE_BYTES));
    }

    private static Requests requests(ConfigValues v) {
        return new Requests(
                v.get(NodeKeys.SHARD_THREADS),
                v.get(NodeKeys.READER_THREADS),
                v.get(NodeKeys.FETCH_MAX_BYTES),
                v.get(NodeKeys.FETCH_INFLIGHT_MAX_BYTES),
                v.get(NodeKeys.MAX_FETCH_SESSIONS),
                v.get(NodeKeys.MAX_REQUEST_PARTITIONS),
                !v.get(NodeKeys.REPLICA_SELECTOR_CLASS).equals(NodeKeys.LEADER_SELECTOR));
    }

    private static Replication replication(ConfigValues v) {
        return new Replication(
                v.get(ReplicationKeys.FETCH_MAX_BYTES),
                v.get(ReplicationKeys.FETCH_WAIT_MAX_MS),
                v.get(ReplicationKeys.LAG_TIME_MAX_MS),
                new CopyLimits(
                        v.get(ReplicationKeys.CATCH_UP_BYTES_PER_SECOND), v.get(ReplicationKeys.MOVE_MAX_CONCURRENT)));
    }

    private static Quorum quorum(ConfigValues v) {
        String directory = v.get(QuorumKeys.METADATA_LOG_DIR);
        return new Quorum(
                v.get(QuorumKeys.VOTERS),
                Path.of(directory.isEmpty() ? v.get(NodeKeys.LOG_DIRS).get(0) : directory),
                v.get(QuorumKeys.ELECTION_TIMEOUT_MS),
                v.get(QuorumKeys.REQUEST_TIMEOUT_MS),
                v.get(QuorumKeys.BROKER_HEARTBEAT_INTERVAL_MS),
                v.get(QuorumKeys.BROKER_SESSION_TIMEOUT_MS),
                v.get(QuorumKeys.SHARDS_PER_POOL),
                v.get(QuorumKeys.MIN_BROKERS_FOR_POOL),
                v.get(QuorumKeys.AUTO_LEADER_REBALANCE)
                        ? v.get(QuorumKeys.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS) * 1000L
                        : 0,
                raftTls(v));
    }

    private static Optional<TlsPaths> raftTls(ConfigValues v) {
        String key = v.get(QuorumKeys.RAFT_TLS_KEY);
        return key.isEmpty()
                ? Optional.empty()
                : Optional.of(new TlsPaths(
                        Path.of(key),
                        Path.of(v.get(QuorumKeys.RAFT_TLS_CERTIFICATE)),
                        Path.of(v.get(QuorumKeys.RAFT_TLS_AUTHORITY))));
    }
}
