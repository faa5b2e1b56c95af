package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ControllerImage;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ServerConfig;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Real controllers on loopback, each with a directory of its own. Owned by the test's thread. */
final class TestQuorum implements AutoCloseable {
    static final LivenessConfig QUICK =
            new LivenessConfig(Duration.ofMillis(1_500), Duration.ofMillis(100), Duration.ofMillis(500));

    private final Path directory;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final List<ControllerImage> configured = new ArrayList<>();
    private final Map<Integer, QuorumController> running = new TreeMap<>();
    private final List<Runnable> toClose = new ArrayList<>();
    private Optional<TlsFiles> tls = Optional.empty();
    private int snapshotEntries = 50_000;

    /** @param first how many controllers there are at first, with the ids 1, 2, ... */
    TestQuorum(Path directory, int first) throws Exception {
        this.directory = directory;
        for (int id = 1; id <= first; id++) {
            configured.add(address(id));
        }
    }

    static ControllerImage address(int id) throws Exception {
        return QuorumController.named(id, "127.0.0.1", freePort(), freePort());
    }

    TestQuorum snapshotEvery(int entries) {
        snapshotEntries = entries;
        return this;
    }

    TestQuorum withTls(TlsFiles files) {
        tls = Optional.of(files);
        return this;
    }

    /** Starts all of the first at once, and waits until there is a cluster. */
    TestQuorum startAll() throws Exception {
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (ControllerImage controller : configured) {
            starts.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            start(controller.nodeId());
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    task -> new Thread(task).start()));
        }
        CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        for (QuorumController controller : running.values()) {
            controller.node().clustered().get(20, TimeUnit.SECONDS);
        }
        return this;
    }

    QuorumController start(int id) throws Exception {
        return start(id, configured);
    }

    QuorumController start(int id, List<ControllerImage> controllers) throws Exception {
        ControllerImage me =
                controllers.stream().filter(c -> c.nodeId() == id).findFirst().orElseThrow();
        Voter self = new Voter(id, 0, me.host(), me.raftPort());
        QuorumConfig raft = new QuorumConfig(
                self,
                List.of(),
                "127.0.0.1",
                directory(id),
                Duration.ofMillis(700),
                Duration.ofMillis(1_400),
                snapshotEntries,
                true,
                tls);
        QuorumController controller = QuorumController.start(
                new QuorumController.Settings(
                        raft,
                        ServerConfig.of("CONTROLLER", "127.0.0.1", me.controllerPort()),
                        new ControllerConfig(QUICK, Duration.ofMillis(300), controllers, Optional.of("test")),
                        Duration.ofSeconds(3),
                        ConnectOptions.DEFAULT),
                group,
                NetworkListener.NONE,
                (reason, cause) -> TestClusters.unexpected(reason, cause));
        synchronized (running) {
            running.put(id, controller);
        }
        return controller;
    }

    Path directory(int id) {
        return directory.resolve("node-" + id);
    }

    void stop(int id) {
        running.remove(id).close();
    }

    List<ControllerImage> configured() {
        return configured;
    }

    QuorumController get(int id) {
        return running.get(id);
    }

    List<QuorumController> all() {
        return List.copyOf(running.values());
    }

    QuorumController leader() {
        await("no leader", () -> running.values().stream()
                .anyMatch(c -> c.node().leads()));
        return running.values().stream()
                .filter(c -> c.node().leads())
                .findFirst()
                .orElseThrow();
    }

    int leaderId() {
        return leader().node().self().nodeId();
    }

    int followerId() {
        int leader = leaderId();
        return running.keySet().stream().filter(id -> id != leader).findFirst().orElseThrow();
    }

    CommandResult submit(Command command) throws Exception {
        return leader().node().submit(command).get(10, TimeUnit.SECONDS);
    }

    /** Makes topics of one partition under whoever leads; the lead may be lost on the way. */
    void createTopics(int from, int count) {
        await("no topics can be made", () -> {
            CommandResult result =
                    leader().node().submit(TestClusters.topics(from, count, 12)).join();
            return result.ok()
                    && result.items().stream()
                            .allMatch(item -> item.ok() || item.error() == Errors.TOPIC_ALREADY_EXISTS);
        });
    }

    ControllerChannel channel(ControllerImage controller) {
        ControllerChannel channel = new SocketControllerChannel(controller, group);
        toClose.add(channel::close);
        return channel;
    }

    /** Asks the leading controller over its listener. */
    <T extends ApiMessage> T ask(ApiMessage request, Class<T> answer) throws Exception {
        QuorumController leader = leader();
        ControllerImage at =
                QuorumController.named(0, "127.0.0.1", leader.address().getPort(), 1);
        return answer.cast(channel(at).send(request, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS));
    }

    /** A broker that knows the first controllers, and is told of others. */
    BrokerSession session(int brokerId) {
        SessionConfig defaults = SessionConfig.of(TestClusters.registration(brokerId));
        List<ControllerChannel> channels = new ArrayList<>();
        configured.forEach(c -> channels.add(new SocketControllerChannel(c, group)));
        BrokerSession session = BrokerSession.start(
                new SessionConfig(
                        defaults.registration(),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(20),
                        Duration.ofSeconds(5)),
                channels,
                c -> new SocketControllerChannel(c, group),
                TestClusters::unexpected);
        toClose.add(session::close);
        return session;
    }

    static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError(what);
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        toClose.forEach(Runnable::run);
        running.values().parallelStream().forEach(QuorumController::close);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
