package io.braid.broker;

import io.braid.broker.config.HostPort;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.QuorumVoter;
import io.braid.image.ControllerImage;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ServerConfig;
import io.braid.quorum.ControllerChannel;
import io.braid.quorum.ControllerConfig;
import io.braid.quorum.LivenessConfig;
import io.braid.quorum.QuorumConfig;
import io.braid.quorum.QuorumController;
import io.braid.quorum.QuorumInfo;
import io.braid.quorum.QuorumNode;
import io.braid.quorum.TlsFiles;
import io.braid.quorum.Voter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.Uuid;

/** The controller in this process: a voter of the metadata quorum and its listener for brokers. Thread-safe. */
final class ControllerRole implements AutoCloseable {
    private static final long READY_TIMEOUT_S = 120;

    private final QuorumController controller;

    private final CompletableFuture<Void> stopped;

    /** @param stopped fails when the controller can no longer do its work */
    private ControllerRole(QuorumController controller, CompletableFuture<Void> stopped) {
        this.controller = controller;
        this.stopped = stopped;
    }

    /**
     * Binds the listener, asks the other controllers if the directory is empty, and starts the voter; does not wait for a
     * leader. Blocks.
     *
     * @param group event loops of the listener, apart from those of clients
     */
    static ControllerRole start(
            NodeConfig config,
            Path directory,
            EventLoopGroup group,
            NetworkListener network,
            QuorumNode.FatalListener fatal)
            throws IOException, InterruptedException {
        HostPort at = config.listeners().controller();
        ClusterTls tls = ClusterTls.of(config);
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        QuorumController controller = QuorumController.start(
                new QuorumController.Settings(
                        raft(config, directory),
                        tls.secured(ServerConfig.of("CONTROLLER", at.host(), at.port())),
                        service(config.quorum()),
                        Duration.ofSeconds(READY_TIMEOUT_S),
                        tls.options()),
                group,
                network,
                (reason, cause) -> {
                    stopped.completeExceptionally(new IOException(reason, cause));
                    fatal.onFatal(reason, cause);
                });
        return new ControllerRole(controller, stopped);
    }

    /** Waits until there is a cluster, which the first leader makes if this is the first start of all. */
    void awaitReady() throws IOException, InterruptedException {
        try {
            CompletableFuture.anyOf(controller.node().clustered(), stopped).get(READY_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(
                    "the metadata quorum did not start: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no majority of the metadata quorum within " + READY_TIMEOUT_S + " s", e);
        }
    }

    /** The broker's way to this controller without a socket. */
    ControllerChannel channel() {
        return controller.channel();
    }

    InetSocketAddress address() {
        return controller.address();
    }

    /** The quorum as this controller sees it. */
    QuorumInfo info() {
        return controller.node().info();
    }

    QuorumNode node() {
        return controller.node();
    }

    @Override
    public void close() {
        controller.close();
    }

    /** The controllers that the configuration names; none if this one is alone. */
    static List<ControllerImage> named(NodeConfig.Quorum quorum) {
        return quorum.voters().stream()
                .map(v -> QuorumController.named(v.id(), v.host(), v.controllerPort(), v.raftPort()))
                .toList();
    }

    private static ControllerConfig service(NodeConfig.Quorum quorum) {
        LivenessConfig defaults = LivenessConfig.DEFAULT;
        return new ControllerConfig(
                new LivenessConfig(
                        Duration.ofMillis(quorum.sessionTimeoutMs()),
                        defaults.closedConnectionGrace(),
                        defaults.newLeaderGrace()),
                Duration.ofMillis(quorum.balanceIntervalMs()),
                named(quorum),
                Optional.of(Uuid.randomUuid().toString()));
    }

    private static QuorumConfig raft(NodeConfig config, Path directory) {
        int nodeId = config.node().nodeId();
        HostPort raft = config.listeners().raft();
        NodeConfig.Quorum quorum = config.quorum();
        if (quorum.voters().isEmpty()) {
            return QuorumConfig.single(nodeId, raft.host(), raft.port(), directory);
        }
        List<Voter> voters = quorum.voters().stream().map(ControllerRole::voter).toList();
        Voter self =
                voters.stream().filter(v -> v.nodeId() == nodeId).findFirst().orElseThrow();
        return new QuorumConfig(
                        self,
                        voters,
                        raft.host(),
                        directory,
                        Duration.ofMillis(quorum.electionTimeoutMs()),
                        Duration.ofMillis(2L * quorum.electionTimeoutMs()),
                        QuorumConfig.of(self, voters, directory).snapshotEntries())
                .networked(quorum.raftTls().map(t -> new TlsFiles(t.key(), t.certificate(), t.authority())));
    }

    private static Voter voter(QuorumVoter voter) {
        return new Voter(voter.id(), 0, voter.host(), voter.raftPort());
    }
}
