package io.braid.broker;

import io.braid.broker.config.HostPort;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.replication.CopyLimits;
import io.braid.broker.replication.FetchSettings;
import io.braid.broker.replication.HighWatermarks;
import io.braid.broker.replication.LeaderLinks;
import io.braid.broker.replication.Membership;
import io.braid.broker.replication.PeerHighWatermarks;
import io.braid.broker.replication.ReplicationHandler;
import io.braid.broker.replication.message.ReplicationApis;
import io.braid.broker.shard.FollowListener;
import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.protocol.network.InFlightBytes;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ProtocolServer;
import io.braid.protocol.network.ServerConfig;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The network of replication in this process: the inter-broker listener, and the links to the leaders this broker follows.
 * Owned by the thread that starts and stops the node.
 */
final class ReplicationRole implements AutoCloseable {
    private static final int READER_THREADS = 2;
    private static final int MAX_REQUEST_BYTES = 16 << 20;
    private static final int MAX_REQUESTS_IN_FLIGHT = 64;
    private static final int MAX_UNSENT_BYTES = 64 << 20; // acks must be read while entries drain
    private static final Duration CLOSE_TIMEOUT =
            Duration.ZERO; // followers wait for news, and will ask again elsewhere
    private static final long REQUEST_BYTES = 64L << 20;

    private final NodeConfig config;
    private final CopySettings copying;
    private CopyLimits copyLimits; // owned by the thread that applies images
    private final ExecutorService readers = readers();
    private final ReplicationHandler handler;
    private final LeaderLinks links;
    private final HighWatermarks peers;
    private final StartGate gate = new StartGate();
    private final ProtocolServer server;

    private ReplicationRole(
            NodeConfig config, Shards shards, Membership membership, EventLoopGroup group, NetworkListener network)
            throws IOException {
        this.config = config;
        this.copying = new CopySettings(config);
        this.copyLimits = config.replication().copying();
        int brokerId = config.node().nodeId();
        ReplicatedShards replicated = new ReplicatedShards(shards);
        ClusterTls tls = ClusterTls.of(config);
        this.peers = new PeerHighWatermarks(membership, group, tls.options());
        this.handler = new ReplicationHandler(
                brokerId,
                replicated,
                replicated,
                new LedHighWatermarks(membership::image, shards),
                membership,
                readers);
        NodeConfig.Replication settings = config.replication();
        this.links = new LeaderLinks(
                new FetchSettings(
                        brokerId,
                        settings.fetchMaxBytes(),
                        settings.fetchWaitMaxMs(),
                        settings.copying(),
                        tls.options()),
                replicated,
                replicated,
                membership,
                group);
        HostPort at = config.listeners().interBroker();
        ServerConfig defaults = tls.secured(ServerConfig.of(ReplicationApis.LISTENER, at.host(), at.port()));
        this.server = ProtocolServer.bind(
                defaults.withMaxFrameBytes(MAX_REQUEST_BYTES, MAX_REQUEST_BYTES)
                        .withInFlight(
                                MAX_REQUESTS_IN_FLIGHT,
                                defaults.maxInFlightBytes(),
                                MAX_UNSENT_BYTES,
                                new InFlightBytes(REQUEST_BYTES)),
                ReplicationApis.CATALOG,
                group,
                gate,
                network);
    }

    /** Binds the listener; what comes in waits for {@link #open}. */
    static ReplicationRole bind(
            NodeConfig config, Shards shards, Membership membership, EventLoopGroup group, NetworkListener network)
            throws IOException {
        return new ReplicationRole(config, shards, membership, group, network);
    }

    InetSocketAddress address() {
        return server.localAddress();
    }

    /** What the other brokers are told. */
    Endpoint endpoint() {
        HostPort told = config.listeners().interBrokerAdvertised();
        return new Endpoint(
                ReplicationApis.LISTENER,
                told.host(),
                told.port() == 0 ? address().getPort() : told.port());
    }

    /** High watermarks at the other brokers. */
    HighWatermarks peers() {
        return peers;
    }

    /** Told whom to follow. */
    FollowListener followed() {
        return links;
    }

    /** Serves followers from now on. */
    void open() {
        gate.open(handler);
    }

    /** On the thread that applies images, before the shards hear of it. */
    void onImage(ClusterImage image) {
        handler.onImage(image);
        links.onImage(image);
        CopyLimits limits = copying.of(image);
        if (!limits.equals(copyLimits)) {
            copyLimits = limits;
            links.copy(limits);
        }
    }

    /** Lets go of what followers left behind; call it now and then. */
    void expire() {
        handler.expire();
    }

    /** Stops to follow and to serve; what is in flight is dropped. Nothing may be told to {@link #followed} afterwards. */
    @Override
    public void close() {
        links.close();
        server.close(CLOSE_TIMEOUT);
        handler.close();
        readers.shutdown();
    }

    private static ExecutorService readers() {
        AtomicInteger count = new AtomicInteger();
        return Executors.newFixedThreadPool(READER_THREADS, runnable -> {
            Thread thread = new Thread(runnable, "braid-replica-reader-" + count.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
    }
}
