package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.MetadataVersion;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ServerConfig;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BrokerSessionTest {
    private static final LivenessConfig QUICK =
            new LivenessConfig(Duration.ofMillis(800), Duration.ofMillis(100), Duration.ofMillis(300));

    @TempDir
    Path directory;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final List<BrokerSession> sessions = new ArrayList<>();
    private QuorumNode node;
    private ControllerService service;
    private ControllerServer server;

    @BeforeEach
    void startController() throws Exception {
        node = QuorumNode.start(QuorumConfig.single(1, "127.0.0.1", 0, directory), TestClusters::unexpected);
        node.ready().get(10, TimeUnit.SECONDS);
        startService(0);
    }

    private void createCluster() throws Exception {
        node.submit(new Command.CreateCluster("test", MetadataVersion.LATEST)).get();
    }

    @Test
    void registersOnceThereIsACluster() throws Exception {
        BrokerSession session = start(1, true);
        assertThat(session.submit(TestClusters.topic("early", 1))
                        .get(5, TimeUnit.SECONDS)
                        .error())
                .isEqualTo(Errors.INVALID_REQUEST);
        createCluster();
        session.ready().get(5, TimeUnit.SECONDS);
        assertThat(session.image().clusterId()).isEqualTo("test");
    }

    private void startService(int port) throws Exception {
        service = new ControllerService(node, QUICK);
        server = ControllerServer.bind(
                service, ServerConfig.of("CONTROLLER", "127.0.0.1", port), group, NetworkListener.NONE);
    }

    @AfterEach
    void stop() {
        sessions.forEach(BrokerSession::close);
        server.close();
        service.close();
        node.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void registersServesAndLeaves(boolean local) throws Exception {
        createCluster();
        BrokerSession session = start(1, local);
        session.ready().get(5, TimeUnit.SECONDS);
        assertThat(session.image().broker(1).orElseThrow().fenced()).isTrue();
        session.unfence().get(5, TimeUnit.SECONDS);
        CommandResult created = session.submit(TestClusters.topic("first", 4)).get(5, TimeUnit.SECONDS);
        assertThat(created.items().get(0).error()).isEqualTo(Errors.NONE);
        assertThat(session.image().topic("first")).isPresent();
        assertThat(session.image().shards()).hasSize(16).allMatch(shard -> shard.leader() == 1);
        session.leave().get(5, TimeUnit.SECONDS);
        assertThat(session.image().shards()).allMatch(shard -> shard.leader() == ShardImage.NO_LEADER);
        assertThat(session.image()).isEqualTo(node.image());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void imagesComeInOrderAndEndUpEqual(boolean local) throws Exception {
        BrokerSession session = serving(1, local);
        List<Long> versions = new CopyOnWriteArrayList<>();
        List<Integer> created = new CopyOnWriteArrayList<>();
        session.onImage((before, after) -> {
            versions.add(after.version());
            created.add(after.changesSince(before).topicsCreated().size());
        });
        List<CompletableFuture<CommandResult>> results = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            results.add(session.submit(TestClusters.topics(i, 1, 8)));
        }
        for (CompletableFuture<CommandResult> result : results) {
            assertThat(result.get(10, TimeUnit.SECONDS).ok()).isTrue();
        }
        assertThat(versions).isSorted().doesNotHaveDuplicates();
        assertThat(created.stream().mapToInt(Integer::intValue).sum()).isEqualTo(300);
        assertThat(session.image()).isEqualTo(node.image());
    }

    @Test
    void aBrokerThatIsFarBehindGetsASnapshot() throws Exception {
        BrokerSession first = serving(1, true);
        for (int i = 0; i < 12; i++) {
            first.submit(TestClusters.topics(i * 10_000, 10_000, 40)).get(10, TimeUnit.SECONDS);
        }
        BrokerSession second = start(2, false);
        second.ready().get(10, TimeUnit.SECONDS);
        assertThat(second.image().topicCount()).isEqualTo(120_000);
        assertThat(second.image().apply(node.image().version(), List.of())).isEqualTo(node.image());
    }

    @Test
    void keepsItsImageWhileTheControllerIsAwayAndGoesOn() throws Exception {
        BrokerSession session = serving(1, false);
        session.submit(TestClusters.topic("before", 1)).get(5, TimeUnit.SECONDS);
        int port = server.localAddress().getPort();
        server.close();
        service.close();
        CompletableFuture<CommandResult> waiting = session.submit(TestClusters.topic("meanwhile", 1));
        assertThat(session.image().topic("before")).isPresent();
        startService(port);
        assertThat(waiting.get(10, TimeUnit.SECONDS).items().get(0).ok()).isTrue();
        assertThat(session.image().topic("meanwhile")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokerThatGoesAwayIsFenced(boolean local) throws Exception {
        BrokerSession watching = serving(1, true);
        BrokerSession going = serving(2, local);
        CompletableFuture<ClusterImage> fenced = new CompletableFuture<>();
        watching.onImage((before, after) -> {
            if (after.broker(2).orElseThrow().fenced()) {
                fenced.complete(after);
            }
        });
        going.close();
        assertThat(fenced.get(5, TimeUnit.SECONDS).broker(1).orElseThrow().fenced())
                .isFalse();
    }

    @Test
    void anIdInUseIsRefusedWhileItsConnectionLives() throws Exception {
        serving(1, false);
        SessionConfig config = SessionConfig.of(TestClusters.registration(1));
        BrokerSession second = start(
                new SessionConfig(
                        config.registration(),
                        config.heartbeatInterval(),
                        config.requestTimeout(),
                        config.retryBackoff(),
                        Duration.ofMillis(200)),
                false);
        assertThatThrownBy(() -> second.ready().get(10, TimeUnit.SECONDS))
                .hasMessageContaining("another process runs as broker 1");
    }

    @Test
    void aNewIncarnationGetsNewEpochs() throws Exception {
        BrokerSession first = serving(1, false);
        first.submit(TestClusters.topic("kept", 1)).get(5, TimeUnit.SECONDS);
        int epochBefore = first.image().shard(0).orElseThrow().leaderEpoch();
        long brokerEpochBefore = first.brokerEpoch();
        first.close();
        BrokerSession second = serving(1, false);
        assertThat(second.brokerEpoch()).isGreaterThan(brokerEpochBefore);
        ShardImage shard = second.image().shard(0).orElseThrow();
        assertThat(shard.leader()).isEqualTo(1);
        assertThat(shard.leaderEpoch()).isGreaterThan(epochBefore);
    }

    private BrokerSession serving(int brokerId, boolean local) throws Exception {
        createCluster();
        BrokerSession session = start(brokerId, local);
        session.ready().get(5, TimeUnit.SECONDS);
        session.unfence().get(5, TimeUnit.SECONDS);
        return session;
    }

    private BrokerSession start(int brokerId, boolean local) {
        SessionConfig config = SessionConfig.of(TestClusters.registration(brokerId));
        return start(
                new SessionConfig(
                        config.registration(),
                        Duration.ofMillis(100),
                        config.requestTimeout(),
                        config.retryBackoff(),
                        config.commandTimeout()),
                local);
    }

    private BrokerSession start(SessionConfig config, boolean local) {
        ControllerChannel channel = local
                ? service.channel()
                : new SocketControllerChannel("127.0.0.1", server.localAddress().getPort(), group);
        BrokerSession session = BrokerSession.start(config, List.of(channel), TestClusters::unexpected);
        sessions.add(session);
        return session;
    }
}
