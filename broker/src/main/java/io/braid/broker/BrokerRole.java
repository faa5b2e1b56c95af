package io.braid.broker;

import io.braid.broker.cleaner.CleanerConfig;
import io.braid.broker.cleaner.CompactedTopics;
import io.braid.broker.cleaner.LogCleaner;
import io.braid.broker.config.HostPort;
import io.braid.broker.config.Listener;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.TopicConfigs;
import io.braid.broker.config.TopicSettingsCache;
import io.braid.broker.handler.HandlerTable;
import io.braid.broker.metrics.NodeGauges;
import io.braid.broker.metrics.NodeMetrics;
import io.braid.broker.metrics.TrafficMetrics;
import io.braid.broker.replication.HighWatermarks;
import io.braid.broker.shard.LogDirectories;
import io.braid.broker.shard.ReplicaConfig;
import io.braid.broker.shard.Shards;
import io.braid.controller.Command;
import io.braid.controller.MetadataVersion;
import io.braid.image.Endpoint;
import io.braid.image.TopicImage;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.protocol.network.InFlightBytes;
import io.braid.protocol.network.ProtocolServer;
import io.braid.protocol.network.ServerConfig;
import io.braid.quorum.BrokerSession;
import io.braid.quorum.ControllerChannel;
import io.braid.quorum.ControllerConnector;
import io.braid.quorum.QuorumInfo;
import io.braid.quorum.QuorumNode;
import io.braid.quorum.SessionConfig;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker in this process: shards, client listeners, and the session with the controllers.
 *
 * <p>Made in two steps: {@link #prepare} binds the ports, opens the directories and begins to recover;
 * {@link #serve} registers, waits for the recovery, takes leadership and lets clients in. Owned by the thread that starts
 * and stops the node.
 */
final class BrokerRole implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerRole.class);
    private static final long REGISTER_TIMEOUT_S = 120;
    private static final long LEAVE_TIMEOUT_S = 5;

    /** Clients that hear from the former leader who leads now go there at once; who only loses its connection must ask first. */
    private static final long FAREWELL_MS = 150;

    private static final long SPACE_INTERVAL_MS = 1000;
    private static final long TOTALS_INTERVAL_MS = 5000;
    private static final long CENSUS_INTERVAL_MS = 10_000;
    private static final long TRAFFIC_INTERVAL_MS = 10_000;

    private final NodeConfig config;
    private final LogDirectories directories;
    private final Shards shards;
    private final ImageFollower follower;
    private final SessionMetadata metadata;
    private final SessionMembership membership = new SessionMembership();
    private final ReplicationRole replication;
    private final StartGate gate = new StartGate();
    private final TopicSettingsCache topicSettings;
    private final NodeHandlers handlers;
    private final List<ProtocolServer> servers = new ArrayList<>();
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "braid-timers");
        thread.setDaemon(true);
        return thread;
    });
    private final CompletableFuture<Void> recovered;
    private final AtomicReference<QuorumNode.FatalListener> fatal = new AtomicReference<>((reason, cause) -> {});
    private final LogCleaner cleaner;
    private BrokerSession session;

    private BrokerRole(
            NodeConfig config,
            Map<Path, LogDirectory> usable,
            LogConfig logConfig,
            EventLoopGroup group,
            NodeMetrics metrics,
            NodeHandlers.Quorum quorum)
            throws IOException {
        this.config = config;
        LogDirectories logs = new LogDirectories(config.log().directories(), usable);
        this.directories = logs;
        this.metadata = new SessionMetadata(metrics.commands());
        this.shards = new Shards(
                new ReplicaConfig(
                        config.node().nodeId(),
                        logConfig.flush(),
                        config.replication().lagTimeMaxMs()),
                logs,
                config.requests().shardThreads(),
                metadata::submit,
                (batches, bytes) -> metrics.log().onAppended(batches, bytes, batches));
        this.topicSettings = new TopicSettingsCache(
                new TopicConfigs(config.values()), config.node().nodeId());
        this.cleaner = new LogCleaner(
                CleanerConfig.of(config.values()),
                shards,
                () -> new CompactedTopics(metadata.image(), topicSettings),
                metrics.cleaner());
        this.handlers = new NodeHandlers(config, metadata, shards, logs, topicSettings, metrics, quorum);
        bind(group, metrics);
        this.replication = ReplicationRole.bind(config, shards, membership, group, metrics.requests());
        shards.onFollowing(replication.followed());
        this.follower = new ImageFollower(shards, replication::onImage, handlers.groups()::apply);
        gauges(metrics);
        this.recovered = CompletableFuture.runAsync(
                () -> {
                    try {
                        shards.recover();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                runnable -> new Thread(runnable, "braid-recovery").start());
        ShardTotals totals = new ShardTotals(shards);
        totals.bind(metrics.gauges());
        every(SPACE_INTERVAL_MS, this::pollDirectories);
        every(TOTALS_INTERVAL_MS, totals::refresh);
        every(TOTALS_INTERVAL_MS, replication::expire);
        HighWatermarks leaders = highWatermarks();
        every(TRAFFIC_INTERVAL_MS, new TrafficShown(metrics.traffic()));
        every(CENSUS_INTERVAL_MS, () -> {
            var unused = handlers.groups().census(leaders).thenAccept(metrics.groups()::onCensus);
        });
    }

    /**
     * Binds, opens, and begins to recover the shards' logs in the background.
     *
     * @param directories those of {@code log.dirs} that could be opened
     */
    static BrokerRole prepare(
            NodeConfig config,
            Map<Path, LogDirectory> directories,
            LogConfig logConfig,
            EventLoopGroup group,
            NodeMetrics metrics,
            NodeHandlers.Quorum quorum)
            throws IOException {
        return new BrokerRole(config, directories, logConfig, group, metrics, quorum);
    }

    /**
     * Registers with the controllers and serves once everything is recovered.
     *
     * @param connector for controllers that the metadata names
     * @param clusterId the cluster that the data belongs to, "" for none yet
     * @param cleanShutdownEpoch broker epoch of the last run if it ended cleanly, or -1
     * @param fatal told when the broker must stop
     */
    void serve(
            List<ControllerChannel> controllers,
            ControllerConnector connector,
            String clusterId,
            long cleanShutdownEpoch,
            QuorumNode.FatalListener fatal)
            throws IOException, InterruptedException {
        this.fatal.set(fatal);
        SessionConfig defaults = SessionConfig.of(registration(cleanShutdownEpoch));
        session = BrokerSession.start(
                new SessionConfig(
                        defaults.registration(),
                        clusterId,
                        Duration.ofMillis(config.quorum().heartbeatIntervalMs()),
                        Duration.ofMillis(config.quorum().requestTimeoutMs()),
                        defaults.retryBackoff(),
                        defaults.commandTimeout()),
                controllers,
                connector,
                fatal);
        await(session.ready(), "register");
        metadata.bind(session);
        membership.bind(session);
        await(recovered, "recover");
        session.onImage(handlers.handover()::onImage);
        session.onImage(follower::follow);
        follower.begin(session.image());
        replication.open();
        await(session.unfence(), "take leadership");
        follower.drain();
        // Images between begin() and now are applied; a leader named by the newest one is ready.
        follower.begin(session.image());
        long interval = config.log().retentionCheckIntervalMs();
        every(interval, () -> shards.retain(new TopicRetention(session.image(), topicSettings)));
        cleaner.start();
        gate.open(handlers.table());
    }

    /** What the leading controller knows of the quorum. */
    CompletableFuture<QuorumInfo> quorum() {
        return session.quorum();
    }

    long brokerEpoch() {
        return session.brokerEpoch();
    }

    String clusterId() {
        return session.image().clusterId();
    }

    /** Where clients connect, one for each listener in the order of the configuration. */
    List<InetSocketAddress> addresses() {
        return servers.stream().map(ProtocolServer::localAddress).toList();
    }

    /** Where other brokers connect. */
    InetSocketAddress replicationAddress() {
        return replication.address();
    }

    /** Gives up leadership, lets answers out, and closes the logs cleanly. */
    @Override
    public void close() {
        if (session != null) {
            try {
                boolean led = leads();
                session.leave().get(LEAVE_TIMEOUT_S, TimeUnit.SECONDS);
                if (led && !leads()) {
                    Thread.sleep(FAREWELL_MS);
                }
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn("event=left_without_handover reason=\"{}\"", e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        timers.shutdownNow();
        handlers.stopWatches();
        servers.forEach(ProtocolServer::close);
        follower.close();
        replication.close();
        handlers.groups().close();
        cleaner.close();
        shards.close();
        handlers.close();
        if (session != null) {
            session.close();
        }
    }

    // ---- helpers

    /** Whether this broker leads a shard that another one could lead. */
    private boolean leads() {
        int self = config.node().nodeId();
        return session.image().shards().stream()
                .anyMatch(shard -> shard.leader() == self && shard.replicas().size() > 1);
    }

    private void bind(EventLoopGroup group, NodeMetrics metrics) throws IOException {
        HandlerTable table = handlers.table();
        NodeConfig.Network network = config.network();
        InFlightBytes inFlight = new InFlightBytes(network.maxQueuedRequestBytes());
        for (Listener listener : config.listeners().clients()) {
            HostPort at = listener.address();
            ServerConfig defaults = ServerConfig.of(listener.name(), at.host(), at.port());
            ServerConfig server = defaults.withMaxFrameBytes(
                            network.maxRequestBytes(),
                            Math.min(network.maxRequestBytes(), defaults.maxPlainFrameBytes()))
                    .withMaxConnections(network.maxConnections())
                    .withTimeouts(
                            network.maxIdleMs() < 0 ? Duration.ofDays(36_500) : Duration.ofMillis(network.maxIdleMs()),
                            defaults.frameTimeout())
                    .withInFlight(
                            defaults.maxInFlightRequests(),
                            Math.max(defaults.maxInFlightBytes(), network.maxRequestBytes()),
                            (int) Math.min(Integer.MAX_VALUE, network.maxConnectionResponseBytes()),
                            inFlight);
            servers.add(ProtocolServer.bind(server, table.catalog(), group, gate, metrics.requests()));
        }
        metrics.gauges().bind(NodeGauges.Level.REQUEST_BYTES_HELD, inFlight::usedBytes);
    }

    /** Of every broker, this one included. */
    private HighWatermarks highWatermarks() {
        HighWatermarks here = new LedHighWatermarks(metadata::image, shards);
        int self = config.node().nodeId();
        return (broker, partitions) -> (broker == self ? here : replication.peers()).ask(broker, partitions);
    }

    private void gauges(NodeMetrics metrics) {
        NodeGauges gauges = metrics.gauges();
        for (int i = 0; i < shards.threadCount(); i++) {
            int thread = i;
            gauges.bind(NodeGauges.Depth.SHARD_THREAD_QUEUE, Integer.toString(i), () -> shards.queueDepth(thread));
        }
        gauges.bind(NodeGauges.Depth.PURGATORY, "fetch", handlers::waitingFetches);
        gauges.bind(NodeGauges.Depth.PURGATORY, "produce", handlers::waitingProduces);
        gauges.bind(NodeGauges.Depth.PURGATORY, "watch", handlers::waitingWatches);
        gauges.bind(NodeGauges.Level.FETCH_BYTES_HELD, handlers::fetchBytesHeld);
        gauges.bind(NodeGauges.Level.READER_QUEUE, handlers::readerQueue);
        gauges.bind(NodeGauges.Level.FETCH_SESSIONS, handlers::fetchSessions);
        gauges.bind(NodeGauges.Level.SHARDS, () -> shards.ids().size());
        gauges.bind(NodeGauges.Level.METADATA_VERSION, () -> metadata.image().version());
        gauges.bind(NodeGauges.Level.TOPICS, () -> metadata.image().topicCount());
        new ClusterGauges(config.node().nodeId(), metadata::image).bind(gauges);
        for (Path directory : config.log().directories()) {
            gauges.bind(NodeGauges.Depth.DISK_FREE, directory.toString(), directory.toFile()::getUsableSpace);
            gauges.bind(NodeGauges.Depth.DISK_SIZE, directory.toString(), directory.toFile()::getTotalSpace);
        }
    }

    /** Shows the traffic since it was shown last. Confined to the timers' thread. */
    private final class TrafficShown implements Runnable {
        private final TrafficMetrics traffic;
        private long lastNs = System.nanoTime();

        TrafficShown(TrafficMetrics traffic) {
            this.traffic = traffic;
        }

        @Override
        public void run() {
            long nowNs = System.nanoTime();
            traffic.publish(nowNs - lastNs, id -> metadata.image().topic(id).map(TopicImage::name));
            lastNs = nowNs;
        }
    }

    private void pollDirectories() {
        shards.pollDirectories();
        if (directories.allFailed()) {
            fatal.get().onFatal("every one of log.dirs has failed", null);
        }
    }

    /** Runs a task again and again; one that fails is logged and runs again. */
    private void every(long intervalMs, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("event=timer_failed", e);
            }
        };
        var unused = timers.scheduleWithFixedDelay(guarded, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    }

    private Command.RegisterBroker registration(long cleanShutdownEpoch) {
        List<Endpoint> endpoints = new ArrayList<>();
        List<Listener> advertised = config.listeners().advertised();
        for (int i = 0; i < advertised.size(); i++) {
            HostPort told = advertised.get(i).address();
            int port = told.port() == 0 ? servers.get(i).localAddress().getPort() : told.port();
            endpoints.add(new Endpoint(advertised.get(i).name(), told.host(), port));
        }
        endpoints.add(replication.endpoint());
        return new Command.RegisterBroker(
                config.node().nodeId(),
                Uuid.randomUuid(),
                bootId(),
                directories.directoryIds(),
                endpoints,
                config.node().rack(),
                MetadataVersion.supported(),
                cleanShutdownEpoch);
    }

    /** Of this run of the machine, "" where the system does not tell. */
    private static String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
        } catch (IOException e) {
            return "";
        }
    }

    private static void await(CompletableFuture<Void> step, String what) throws IOException, InterruptedException {
        try {
            step.get(REGISTER_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof java.io.UncheckedIOException u ? u.getCause() : e.getCause();
            throw new IOException("the broker could not " + what + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("the broker could not " + what + " within " + REGISTER_TIMEOUT_S + " s", e);
        }
    }
}
