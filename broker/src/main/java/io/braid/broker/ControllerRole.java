package io.braid.broker;

import io.braid.broker.config.HostPort;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.QuorumVoter;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.MetadataVersion;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ServerConfig;
import io.braid.quorum.ControllerChannel;
import io.braid.quorum.ControllerServer;
import io.braid.quorum.ControllerService;
import io.braid.quorum.LivenessConfig;
import io.braid.quorum.QuorumConfig;
import io.braid.quorum.QuorumInfo;
import io.braid.quorum.QuorumNode;
import io.braid.quorum.Voter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.Uuid;

/** The controller in this process: a voter of the metadata quorum and its listener for brokers. Thread-safe. */
final class ControllerRole implements AutoCloseable {
    private static final long READY_TIMEOUT_S = 120;

    private final QuorumNode node;
    private final ControllerService service;
    private final ControllerServer server;

    private ControllerRole(QuorumNode node, ControllerService service, ControllerServer server) {
        this.node = node;
        this.service = service;
        this.server = server;
    }

    /** Starts the voter and binds the listener; does not wait for a leader. */
    static ControllerRole start(
            NodeConfig config,
            Path directory,
            EventLoopGroup group,
            NetworkListener network,
            QuorumNode.FatalListener fatal)
            throws IOException {
        QuorumNode node = QuorumNode.start(quorum(config, directory), fatal);
        ControllerService service = null;
        try {
            NodeConfig.Quorum quorum = config.quorum();
            LivenessConfig defaults = LivenessConfig.DEFAULT;
            service = new ControllerService(
                    node,
                    new LivenessConfig(
                            Duration.ofMillis(quorum.sessionTimeoutMs()),
                            defaults.closedConnectionGrace(),
                            defaults.newLeaderGrace()));
            HostPort at = config.listeners().controller();
            ControllerServer server =
                    ControllerServer.bind(service, ServerConfig.of("CONTROLLER", at.host(), at.port()), group, network);
            return new ControllerRole(node, service, server);
        } catch (IOException | RuntimeException e) {
            if (service != null) {
                service.close();
            }
            node.close();
            throw e;
        }
    }

    /** Waits for a leader, and makes the cluster if this is the first start of the first controller. */
    void awaitReady() throws IOException, InterruptedException {
        try {
            node.ready().get(READY_TIMEOUT_S, TimeUnit.SECONDS);
            if (node.leads() && node.image().clusterId().isEmpty()) {
                CommandResult made = node.submit(
                                new Command.CreateCluster(Uuid.randomUuid().toString(), MetadataVersion.LATEST))
                        .get(READY_TIMEOUT_S, TimeUnit.SECONDS);
                if (!made.ok()) {
                    throw new IOException("the cluster could not be created: " + made.error() + " " + made.message());
                }
            }
        } catch (ExecutionException e) {
            throw new IOException(
                    "the metadata quorum did not start: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no majority of the metadata quorum within " + READY_TIMEOUT_S + " s", e);
        }
    }

    /** The broker's way to this controller without a socket. */
    ControllerChannel channel() {
        return service.channel();
    }

    InetSocketAddress address() {
        return server.localAddress();
    }

    QuorumInfo info() {
        return node.info();
    }

    QuorumNode node() {
        return node;
    }

    @Override
    public void close() {
        server.close();
        service.close();
        node.close();
    }

    private static QuorumConfig quorum(NodeConfig config, Path directory) {
        int nodeId = config.node().nodeId();
        HostPort raft = config.listeners().raft();
        NodeConfig.Quorum quorum = config.quorum();
        if (quorum.voters().isEmpty()) {
            return QuorumConfig.single(nodeId, raft.host(), raft.port(), directory);
        }
        List<Voter> voters = new ArrayList<>();
        Voter self = null;
        for (QuorumVoter v : quorum.voters()) {
            Voter voter = new Voter(v.id(), 0, v.host(), v.raftPort());
            voters.add(voter);
            if (v.id() == nodeId) {
                self = voter;
            }
        }
        QuorumConfig defaults = QuorumConfig.of(self, voters, directory);
        return new QuorumConfig(
                self,
                voters,
                raft.host(),
                directory,
                Duration.ofMillis(quorum.electionTimeoutMs()),
                Duration.ofMillis(2L * quorum.electionTimeoutMs()),
                defaults.snapshotEntries());
    }
}
