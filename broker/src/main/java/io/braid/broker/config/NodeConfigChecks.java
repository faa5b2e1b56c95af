package io.braid.broker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold between the keys of a node, each of which is valid by itself. */
final class NodeConfigChecks {

    private final ConfigValues values;
    private final List<ConfigProblem> problems = new ArrayList<>();

    private NodeConfigChecks(ConfigValues values) {
        this.values = values;
    }

    static List<ConfigProblem> problems(ConfigValues values) {
        NodeConfigChecks checks = new NodeConfigChecks(values);
        checks.listeners();
        checks.directories();
        checks.quorum();
        checks.sizes();
        checks.groups();
        return List.copyOf(checks.problems);
    }

    private void listeners() {
        List<Listener> clients = values.get(NodeKeys.LISTENERS);
        List<Listener> advertised = values.get(NodeKeys.ADVERTISED_LISTENERS);
        onceEach(NodeKeys.LISTENERS, clients);
        onceEach(NodeKeys.ADVERTISED_LISTENERS, advertised);
        Set<String> bound = new HashSet<>();
        clients.forEach(l -> bound.add(l.name()));
        Set<String> told = new HashSet<>();
        for (Listener listener : advertised) {
            told.add(listener.name());
            if (!bound.contains(listener.name())) {
                refuse(NodeKeys.ADVERTISED_LISTENERS, listener.name() + " is not one of listeners");
            }
            if (listener.address().isWildcard()) {
                refuse(NodeKeys.ADVERTISED_LISTENERS, "clients cannot connect to " + listener + ": name a host");
            }
        }
        for (Listener listener : clients) {
            if (listener.address().isWildcard() && !told.contains(listener.name())) {
                refuse(
                        NodeKeys.LISTENERS,
                        listener + " is on all interfaces: say in advertised.listeners where clients find it");
            }
        }
        interBroker();
        distinctPorts(clients);
    }

    private void interBroker() {
        List<HostPort> advertised = values.get(NodeKeys.ADVERTISED_INTER_BROKER_LISTENER);
        if (advertised.size() > 1) {
            refuse(NodeKeys.ADVERTISED_INTER_BROKER_LISTENER, "names more than one address");
        }
        if (advertised.stream().anyMatch(HostPort::isWildcard)) {
            refuse(NodeKeys.ADVERTISED_INTER_BROKER_LISTENER, "brokers cannot connect to it: name a host");
        }
        if (advertised.isEmpty() && values.get(NodeKeys.INTER_BROKER_LISTENER).isWildcard()) {
            refuse(
                    NodeKeys.INTER_BROKER_LISTENER,
                    "is on all interfaces: say in advertised.inter.broker.listener where brokers find it");
        }
    }

    private void distinctPorts(List<Listener> clients) {
        Map<HostPort, String> keys = new HashMap<>();
        clients.forEach(l -> distinct(keys, NodeKeys.LISTENERS, l.address()));
        distinct(keys, NodeKeys.CONTROLLER_LISTENER, values.get(NodeKeys.CONTROLLER_LISTENER));
        distinct(keys, NodeKeys.RAFT_LISTENER, values.get(NodeKeys.RAFT_LISTENER));
        distinct(keys, NodeKeys.INTER_BROKER_LISTENER, values.get(NodeKeys.INTER_BROKER_LISTENER));
        distinct(keys, NodeKeys.ADMIN_LISTENER, values.get(NodeKeys.ADMIN_LISTENER));
    }

    private void distinct(Map<HostPort, String> keys, ConfigKey<?> key, HostPort address) {
        String other = address.port() == 0 ? null : keys.putIfAbsent(address, key.name());
        if (other != null) {
            refuse(key, address + " is also an address of " + other);
        }
    }

    private void onceEach(ConfigKey<?> key, List<Listener> listeners) {
        Set<String> names = new HashSet<>();
        for (Listener listener : listeners) {
            if (!names.add(listener.name())) {
                refuse(key, "names " + listener.name() + " twice");
            }
        }
    }

    private void directories() {
        for (String directory : values.get(NodeKeys.LOG_DIRS)) {
            path(NodeKeys.LOG_DIRS, directory);
        }
        path(QuorumKeys.METADATA_LOG_DIR, values.get(QuorumKeys.METADATA_LOG_DIR));
        tls(List.of(QuorumKeys.RAFT_TLS_KEY, QuorumKeys.RAFT_TLS_CERTIFICATE, QuorumKeys.RAFT_TLS_AUTHORITY));
        tls(TlsKeys.all());
    }

    private void tls(List<ConfigKey<String>> keys) {
        keys.forEach(key -> path(key, values.get(key)));
        long given = keys.stream().filter(key -> !values.get(key).isEmpty()).count();
        if (given > 0 && given < keys.size()) {
            for (ConfigKey<String> key : keys) {
                if (values.get(key).isEmpty()) {
                    refuse(key, "TLS needs key, certificate and authority");
                }
            }
        }
    }

    private void path(ConfigKey<?> key, String directory) {
        if (directory.indexOf('\0') >= 0) {
            refuse(key, "a path has no NUL character");
        }
    }

    private void quorum() {
        List<QuorumVoter> voters = values.get(QuorumKeys.VOTERS);
        Set<Integer> ids = new HashSet<>();
        for (QuorumVoter voter : voters) {
            if (!ids.add(voter.id())) {
                refuse(QuorumKeys.VOTERS, "names node " + voter.id() + " twice");
            }
        }
        List<Role> roles = values.get(NodeKeys.PROCESS_ROLES);
        int nodeId = values.get(NodeKeys.NODE_ID);
        if (roles.contains(Role.CONTROLLER) && !voters.isEmpty() && !ids.contains(nodeId)) {
            refuse(QuorumKeys.VOTERS, "must name this controller, node " + nodeId);
        }
        if (!roles.contains(Role.CONTROLLER) && voters.isEmpty()) {
            refuse(QuorumKeys.VOTERS, "must name the controllers, as process.roles has none on this node");
        }
        if (!roles.contains(Role.CONTROLLER) && ids.contains(nodeId)) {
            refuse(QuorumKeys.VOTERS, "names this node, which by process.roles is no controller");
        }
        if (values.get(QuorumKeys.BROKER_HEARTBEAT_INTERVAL_MS) * 2L
                > values.get(QuorumKeys.BROKER_SESSION_TIMEOUT_MS)) {
            refuse(QuorumKeys.BROKER_HEARTBEAT_INTERVAL_MS, "must be at most half of broker.session.timeout.ms");
        }
    }

    private void sizes() {
        if (values.get(NodeKeys.LOG_SEGMENT_INITIAL_BYTES) > values.get(NodeKeys.LOG_SEGMENT_BYTES)) {
            refuse(NodeKeys.LOG_SEGMENT_INITIAL_BYTES, "must be at most log.segment.bytes");
        }
        if (values.get(TopicDefaultKeys.NUM_PARTITIONS) > values.get(TopicDefaultKeys.MAX_TOPIC_PARTITIONS)) {
            refuse(TopicDefaultKeys.NUM_PARTITIONS, "must be at most max.topic.partitions");
        }
        if (values.get(TopicDefaultKeys.MESSAGE_MAX_BYTES) > values.get(NodeKeys.SOCKET_REQUEST_MAX_BYTES)) {
            refuse(TopicDefaultKeys.MESSAGE_MAX_BYTES, "must be at most socket.request.max.bytes");
        }
        if (values.get(ReplicationKeys.FETCH_WAIT_MAX_MS) > values.get(ReplicationKeys.LAG_TIME_MAX_MS)) {
            refuse(ReplicationKeys.FETCH_WAIT_MAX_MS, "must be at most replica.lag.time.max.ms");
        }
    }

    private void groups() {
        if (values.get(CoordinatorKeys.MIN_SESSION_TIMEOUT_MS) > values.get(CoordinatorKeys.MAX_SESSION_TIMEOUT_MS)) {
            refuse(CoordinatorKeys.MIN_SESSION_TIMEOUT_MS, "must be at most group.max.session.timeout.ms");
        }
        if (values.get(CoordinatorKeys.CONSUMER_HEARTBEAT_INTERVAL_MS)
                >= values.get(CoordinatorKeys.CONSUMER_SESSION_TIMEOUT_MS)) {
            refuse(
                    CoordinatorKeys.CONSUMER_HEARTBEAT_INTERVAL_MS,
                    "must be less than group.consumer.session.timeout.ms");
        }
        if (values.get(CoordinatorKeys.OFFSETS_TOPIC_REPLICATION_FACTOR) == 0) {
            refuse(CoordinatorKeys.OFFSETS_TOPIC_REPLICATION_FACTOR, "must be -1 or at least 1");
        }
    }

    private void refuse(ConfigKey<?> key, String reason) {
        problems.add(new ConfigProblem(key.name(), values.text(key), reason));
    }
}
