package io.braid.broker;

import io.braid.broker.config.HostPort;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.metrics.AdminServer;
import io.braid.broker.metrics.NodeGauges;
import io.braid.broker.metrics.NodeMetrics;
import io.braid.image.ControllerImage;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogDirectoryException;
import io.braid.protocol.network.ConnectOptions;
import io.braid.quorum.ControllerChannel;
import io.braid.quorum.ControllerConnector;
import io.braid.quorum.QuorumInfo;
import io.braid.quorum.SocketControllerChannel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: controller, broker, or both, as {@code process.roles} says.
 *
 * <p>The order of a start: directories locked, ports bound, Raft ready (while the shards' logs recover), cluster id,
 * registration, image, shards recovered, leadership taken, clients let in. {@link #close} undoes it in reverse. Start and
 * close block; each is called by one thread, once.
 */
public final class BraidNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BraidNode.class);
    private static final String METADATA_DIRECTORY = "metadata";

    private final NodeConfig config;
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<String> fatal = new AtomicReference<>();
    private volatile boolean serving;
    private ControllerRole controller;
    private BrokerRole broker;
    private AdminServer admin;

    private BraidNode(NodeConfig config) {
        this.config = config;
    }

    /**
     * Starts a node and returns when it serves.
     *
     * @throws NodeStartException it cannot start; everything it had begun is undone
     */
    public static BraidNode start(NodeConfig config) throws NodeStartException {
        BraidNode node = new BraidNode(config);
        try {
            node.run();
            return node;
        } catch (NodeStartException e) {
            node.close();
            throw e;
        } catch (LogDirectoryException e) {
            node.close();
            throw new NodeStartException(e.getMessage(), e);
        } catch (IOException e) {
            node.close();
            throw new NodeStartException(oneLine(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            node.close();
            throw new NodeStartException("interrupted while starting", e);
        }
    }

    /** What the command line prints once the node serves. */
    public String readyLine(long startedMs) {
        StringBuilder line = new StringBuilder("braid ready node=")
                .append(config.node().nodeId())
                .append(" roles=")
                .append(config.node().roles().stream()
                        .sorted()
                        .map(role -> role.name().toLowerCase(java.util.Locale.ROOT))
                        .collect(Collectors.joining(",")));
        if (broker != null) {
            line.append(" kafka=")
                    .append(broker.addresses().stream().map(BraidNode::text).collect(Collectors.joining(",")));
        }
        if (controller != null) {
            line.append(" controller=").append(text(controller.address()));
        }
        if (broker != null && !config.quorum().voters().isEmpty()) {
            line.append(" inter-broker=").append(text(broker.replicationAddress()));
        }
        return line.append(" admin=")
                .append(text(admin.localAddress()))
                .append(" data=")
                .append(config.log().directories().stream()
                        .map(p -> p.toAbsolutePath().normalize().toString())
                        .collect(Collectors.joining(",")))
                .append(" ms=")
                .append(System.currentTimeMillis() - startedMs)
                .toString();
    }

    /** Where Kafka clients connect, one address for each listener. */
    public List<InetSocketAddress> kafkaAddresses() {
        return broker == null ? List.of() : broker.addresses();
    }

    public InetSocketAddress adminAddress() {
        return admin.localAddress();
    }

    /** Waits until the node was closed or had to stop; the reason why it had to, if so. */
    public Optional<String> awaitStopped() throws InterruptedException {
        stopped.await();
        return Optional.ofNullable(fatal.get());
    }

    @Override
    public void close() {
        serving = false;
        AutoCloseable next;
        while ((next = toClose.poll()) != null) {
            try {
                next.close();
            } catch (Exception e) {
                LOG.warn("event=close_failed", e);
            }
        }
        stopped.countDown();
    }

    // ---- starting

    private void run() throws NodeStartException, LogDirectoryException, IOException, InterruptedException {
        NodeMetrics metrics = opened(new NodeMetrics());
        Map<Path, LogDirectory> directories = openDirectories(metrics);
        List<MetaProperties> metas = new ArrayList<>();
        for (Path path : directories.keySet()) {
            metas.add(MetaProperties.open(path, config.node().nodeId()));
        }
        EventLoopGroup group = eventLoops(metrics);
        HostPort at = config.listeners().admin();
        admin = opened(AdminServer.start(new InetSocketAddress(at.host(), at.port()), metrics::scrape, this::notReady));
        // Before the broker, so that it is there until the broker has taken its leave.
        EventLoopGroup controllerLoops = controllerLoops();
        if (config.node().isController()) {
            Path directory = config.quorum().directory().resolve(METADATA_DIRECTORY);
            Files.createDirectories(directory);
            controller =
                    opened(ControllerRole.start(config, directory, controllerLoops, metrics.requests(), this::onFatal));
            quorumGauges(metrics);
        } else {
            metrics.gauges().bind(NodeGauges.Level.QUORUM_LEADER, () -> -1);
        }
        if (config.node().isBroker()) {
            broker = opened(BrokerRole.prepare(config, directories, logConfig(), group, metrics, this::quorumInfo));
        }
        if (controller != null) {
            controller.awaitReady();
        }
        if (broker != null) {
            serveBroker(directories.values(), metas, controllerLoops);
        }
        serving = true;
    }

    private void serveBroker(
            Collection<LogDirectory> directories, List<MetaProperties> metas, EventLoopGroup controllerLoops)
            throws NodeStartException, IOException, InterruptedException {
        boolean clean = directories.stream().allMatch(LogDirectory::cleanStart);
        ConnectOptions options = ClusterTls.of(config).options();
        ControllerConnector connector = named -> new SocketControllerChannel(named, controllerLoops, options);
        broker.serve(
                channels(connector),
                connector,
                metas.get(0).clusterId().orElse(""),
                clean ? metas.get(0).brokerEpoch() : -1,
                this::onFatal);
        for (MetaProperties meta : metas) {
            if (meta.clusterId().isPresent() && !meta.clusterId().get().equals(broker.clusterId())) {
                throw new NodeStartException("the data belongs to cluster "
                        + meta.clusterId().get() + ", the controllers to cluster " + broker.clusterId());
            }
            meta.save(broker.clusterId(), broker.brokerEpoch());
        }
    }

    /** Opens what can be opened: one of several directories whose disk does not work takes its shards offline, and not the node. */
    private Map<Path, LogDirectory> openDirectories(NodeMetrics metrics) throws LogDirectoryException {
        Map<Path, LogDirectory> usable = new LinkedHashMap<>();
        LogEvents events = new LogEvents(metrics.log());
        Map<Path, LogDirectoryException> failures = new LinkedHashMap<>();
        for (Path path : config.log().directories()) {
            try {
                usable.put(path, opened(LogDirectory.open(path, logConfig(), events)));
            } catch (LogDirectoryException e) {
                if (!(e.getCause() instanceof IOException)) {
                    throw e; // not the disk: somebody else's directory, or of another version
                }
                failures.put(path, e);
            }
        }
        if (usable.isEmpty()) {
            String all = failures.values().stream().map(Throwable::getMessage).collect(Collectors.joining("; "));
            throw new LogDirectoryException(all, failures.values().iterator().next());
        }
        failures.forEach(events::onFailed);
        return usable;
    }

    private LogConfig logConfig() {
        NodeConfig.Log log = config.log();
        return new LogConfig(
                log.segmentInitialBytes(),
                log.segmentBytes(),
                log.rollMs(),
                LogConfig.defaults().maxEntryBytes(),
                log.flush(),
                log.flushBytes(),
                log.flushIntervalMs(),
                log.checkpointBytes(),
                log.minFreeBytes(),
                log.producerExpirationMs(),
                log.producerStateMaxBytes(),
                log.rewrite());
    }

    /** This node's own controller without a socket, the others over theirs. */
    private List<ControllerChannel> channels(ControllerConnector connector) {
        List<ControllerChannel> channels = new ArrayList<>();
        if (controller != null) {
            channels.add(controller.channel());
        }
        for (ControllerImage named : ControllerRole.named(config.quorum())) {
            if (controller == null || named.nodeId() != config.node().nodeId()) {
                channels.add(connector.connect(named));
            }
        }
        return channels;
    }

    /** Heartbeats have event loops of their own, so that no client traffic delays them. */
    private EventLoopGroup controllerLoops() {
        return loops(1, "braid-heartbeat");
    }

    private EventLoopGroup eventLoops(NodeMetrics metrics) {
        EventLoopGroup group = loops(config.network().threads(), "braid-network");
        int index = 0;
        for (EventExecutor loop : group) {
            if (loop instanceof SingleThreadEventExecutor single) {
                metrics.gauges()
                        .bind(NodeGauges.Depth.EVENT_LOOP_QUEUE, Integer.toString(index++), single::pendingTasks);
            }
        }
        return group;
    }

    private EventLoopGroup loops(int threads, String name) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
        toClose.push(() -> group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3000));
        return group;
    }

    private void quorumGauges(NodeMetrics metrics) {
        metrics.gauges()
                .bind(NodeGauges.Level.QUORUM_LEADER, () -> controller.info().leaderId());
        metrics.gauges()
                .bind(NodeGauges.Level.QUORUM_TERM, () -> controller.info().leaderEpoch());
        metrics.gauges().bind(NodeGauges.Level.QUORUM_COMMIT_INDEX, () -> controller
                .info()
                .commitIndex());
    }

    private CompletableFuture<QuorumInfo> quorumInfo() {
        return broker.quorum();
    }

    private Optional<String> notReady() {
        return serving ? Optional.empty() : Optional.of("starting or stopping");
    }

    private void onFatal(String reason, Throwable cause) {
        LOG.error("event=node_must_stop reason=\"{}\"", reason, cause);
        fatal.compareAndSet(null, reason);
        stopped.countDown();
    }

    private <T extends AutoCloseable> T opened(T part) {
        toClose.push(part);
        return part;
    }

    private static String oneLine(IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.lines().findFirst().orElse(e.toString());
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
