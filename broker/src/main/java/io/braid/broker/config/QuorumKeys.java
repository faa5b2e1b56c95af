package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.bool;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.listOf;
import static io.braid.broker.config.ConfigType.text;

import java.util.List;

/** The keys of a node that the controllers read, and a broker for its session with them. */
public final class QuorumKeys {
    public static final ConfigKey<List<QuorumVoter>> VOTERS = key(
            "controller.quorum.voters",
            listOf("a list of id@host:port or id@host:port:raft-port", true, QuorumVoter::parse),
            "",
            "",
            "All controllers: node id, controller.listener and, unless it is the next port, the port of raft.listener."
                    + " Not set: this node alone.");
    public static final ConfigKey<String> METADATA_LOG_DIR =
            key("metadata.log.dir", text(), "", "", "Directory of the metadata log. Not set: the first of log.dirs.");
    public static final ConfigKey<Integer> ELECTION_TIMEOUT_MS = key(
            "controller.quorum.election.timeout.ms",
            integer(50, 600_000),
            "1500",
            "ms",
            "Least silence of the leading controller after which another is elected; the longest is twice that.");
    public static final ConfigKey<Integer> REQUEST_TIMEOUT_MS = key(
            "controller.quorum.request.timeout.ms",
            integer(100, 600_000),
            "10000",
            "ms",
            "How long a change of metadata may take.");
    public static final ConfigKey<Integer> BROKER_HEARTBEAT_INTERVAL_MS = key(
            "broker.heartbeat.interval.ms",
            integer(10, 600_000),
            "500",
            "ms",
            "Time between a broker's heartbeats to the controllers.");
    public static final ConfigKey<Integer> BROKER_SESSION_TIMEOUT_MS = key(
            "broker.session.timeout.ms",
            integer(100, 600_000),
            "3000",
            "ms",
            "Silence after which a broker is fenced and its shards are led by others.");
    public static final ConfigKey<Integer> SHARDS_PER_POOL = key(
            "shards.per.pool",
            integer(0, 10_000),
            "0",
            "shards",
            "Shards that a pool gets when its first topic is made; 0: 16 on one broker, 60 on several.");
    public static final ConfigKey<Integer> MIN_BROKERS_FOR_POOL = key(
            "min.brokers.for.pool",
            integer(1, 10_000),
            "1",
            "brokers",
            "Running brokers that a pool with more than one replica waits for; a topic that needs it is refused until"
                    + " then.");
    public static final ConfigKey<Boolean> AUTO_LEADER_REBALANCE = key(
            "auto.leader.rebalance.enable",
            bool(),
            "true",
            "",
            "Whether the controllers give a shard back to its preferred leader once that is in sync again.");
    public static final ConfigKey<Integer> LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS = key(
            "leader.imbalance.check.interval.seconds",
            integer(1, 86_400),
            "10",
            "s",
            "Time between two looks for shards that their preferred leader could lead.");
    public static final ConfigKey<String> RAFT_TLS_KEY = key(
            "raft.tls.key.file",
            text(),
            "",
            "",
            "Private key of this controller, PKCS#8 in PEM without a password. With it, and the two files below,"
                    + " raft.listener speaks TLS and wants a certificate of the other side.");
    public static final ConfigKey<String> RAFT_TLS_CERTIFICATE =
            key("raft.tls.certificate.file", text(), "", "", "Certificate chain of this controller, PEM.");
    public static final ConfigKey<String> RAFT_TLS_AUTHORITY = key(
            "raft.tls.authority.file",
            text(),
            "",
            "",
            "Certificates that sign those of the controllers, PEM. Whoever has one of theirs may write metadata: use an"
                    + " authority for nothing else.");

    private QuorumKeys() {}
}
