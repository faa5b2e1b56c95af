package io.braid.quorum;

import io.braid.image.ControllerImage;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ServerConfig;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One controller as a whole: its listener, its voter, and the service behind both. Starting and closing block; each is
 * called by one thread, once.
 */
public final class QuorumController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumController.class);
    private static final long HAND_OVER_MS = 1_500;
    /** A voter that was heard of within this time is likely to answer. */
    private static final long RUNNING_MS = 2_000;

    private final ControllerServer server;
    private final QuorumNode node;
    private final ControllerService service;

    private QuorumController(ControllerServer server, QuorumNode node, ControllerService service) {
        this.server = server;
        this.node = node;
        this.service = service;
    }

    /**
     * What a controller is started with.
     *
     * @param raft voters that {@code service.controllers()} names replace those in here; without any it is alone, and is
     *     started as it says
     * @param listener for brokers and other controllers
     * @param service what it does; it names the controllers of the configuration
     * @param bootstrapTimeout how long peers may take to say whether there is a cluster
     * @param peers how to connect to their listeners
     */
    public record Settings(
            QuorumConfig raft,
            ServerConfig listener,
            ControllerConfig service,
            Duration bootstrapTimeout,
            ConnectOptions peers) {
        public Settings {
            Objects.requireNonNull(peers);
            Objects.requireNonNull(raft);
            Objects.requireNonNull(listener);
            Objects.requireNonNull(service);
            Objects.requireNonNull(bootstrapTimeout);
        }
    }

    /**
     * Binds the listener, asks the peers if the directory is empty, and starts the voter; does not wait for a leader.
     *
     * @param group event loops for the listener and for asking, which the caller owns; not those of the brokers' listeners
     * @throws IOException with one line, when it cannot start or must not
     */
    public static QuorumController start(
            Settings settings, EventLoopGroup group, NetworkListener network, QuorumNode.FatalListener fatal)
            throws IOException, InterruptedException {
        List<ControllerImage> controllers = settings.service().controllers();
        int nodeId = settings.raft().self().nodeId();
        Path directory = settings.raft().directory();
        List<ControllerChannel> peers = new ArrayList<>();
        for (ControllerImage controller : controllers) {
            if (controller.nodeId() != nodeId) {
                peers.add(new SocketControllerChannel(controller, group, settings.peers()));
            }
        }
        ControllerServer server = null;
        QuorumNode node = null;
        try {
            QuorumBootstrap bootstrap = new QuorumBootstrap(nodeId, controllers, directory, peers);
            server = ControllerServer.bind(nodeId, bootstrap::blank, settings.listener(), group, network);
            QuorumConfig raft = settings.raft();
            if (!controllers.isEmpty()) {
                QuorumBootstrap.Start start = bootstrap.await(settings.bootstrapTimeout());
                raft = new QuorumConfig(
                        start.self(),
                        start.voters(),
                        raft.bindHost(),
                        directory,
                        raft.electionTimeoutMin(),
                        raft.electionTimeoutMax(),
                        raft.snapshotEntries(),
                        true,
                        raft.tls());
            }
            node = QuorumNode.start(raft, fatal);
            ControllerService service = new ControllerService(node, settings.service());
            server.serve(service);
            return new QuorumController(server, node, service);
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (node != null) {
                node.close();
            }
            if (server != null) {
                server.close();
            }
            throw e;
        } finally {
            peers.forEach(ControllerChannel::close);
        }
    }

    /** A broker's way to this controller without a socket. */
    public ControllerChannel channel() {
        return service.channel();
    }

    /** Where the listener is bound. */
    public InetSocketAddress address() {
        return server.localAddress();
    }

    public QuorumNode node() {
        return node;
    }

    /**
     * Gives up the lead if it has it, and stops. The service ends before the listener: connections that end now say nothing
     * about the brokers at their other ends.
     */
    @Override
    public void close() {
        service.close();
        server.close();
        if (node.leads()) {
            handOver();
        }
        node.close();
    }

    private void handOver() {
        List<QuorumInfo.VoterInfo> others = node.info().voters().stream()
                .filter(v -> v.nodeId() != node.self().nodeId() && v.silentMs() >= 0 && v.silentMs() < RUNNING_MS)
                .sorted(Comparator.comparingLong(QuorumInfo.VoterInfo::logEndIndex)
                        .reversed())
                .toList();
        if (!others.isEmpty()) {
            QuorumInfo.VoterInfo to = others.get(0);
            try {
                node.handOver(new Voter(to.nodeId(), to.generation(), to.host(), to.port()))
                        .get(HAND_OVER_MS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.info("controller stops without having handed over the lead reason={}", e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The controllers that a configuration names, as the first leader writes them down. */
    public static ControllerImage named(int nodeId, String host, int controllerPort, int raftPort) {
        return new ControllerImage(nodeId, 0, host, controllerPort, raftPort, false);
    }
}
