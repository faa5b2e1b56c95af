package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three controllers, and brokers with sessions to all of them over sockets. */
@Tag("cluster")
@Timeout(60)
class BrokersAndControllersTest {
    @TempDir
    Path directory;

    private TestQuorum quorum;

    @BeforeEach
    void start() throws Exception {
        quorum = new TestQuorum(directory, 3).startAll();
    }

    @AfterEach
    void stop() {
        quorum.close();
    }

    @Test
    void aBrokerWhoseConnectionsEndIsFencedWithinItsGrace() throws Exception {
        BrokerSession staying = serving(1);
        BrokerSession going = serving(2);
        replicated(staying);
        long began = System.nanoTime();
        going.close();
        TestQuorum.await(
                "not fenced", () -> staying.image().broker(2).orElseThrow().fenced());
        assertThat(System.nanoTime() - began)
                .isLessThan(TestQuorum.QUICK.sessionTimeout().toNanos());
        assertThat(staying.image().shards())
                .allMatch(s -> s.leader() == 1 && s.isr().equals(List.of(1)));
    }

    @Test
    void brokersKeepTheirPlaceWhenTheLeaderOfTheControllersGoes() throws Exception {
        BrokerSession first = serving(1);
        BrokerSession second = serving(2);
        replicated(first);
        ClusterImage before = first.image();
        quorum.stop(quorum.leaderId());
        CommandResult created = second.submit(TestClusters.topic("after", 1)).get(10, TimeUnit.SECONDS);
        assertThat(created.items().get(0).error()).isEqualTo(Errors.NONE);
        TestQuorum.await("not seen", () -> first.image().topic("after").isPresent());
        assertThat(first.image().brokers()).isEqualTo(before.brokers());
        assertThat(first.image().shards().subList(0, before.shards().size())).isEqualTo(before.shards());
    }

    @Test
    void withoutAMajorityTheImageServesOnAndTheSessionGoesOnAfterwards() throws Exception {
        BrokerSession session = serving(1);
        ClusterImage before = session.image();
        int stopped = quorum.followerId();
        quorum.stop(stopped);
        quorum.stop(quorum.followerId());
        CompletableFuture<CommandResult> waiting = session.submit(TestClusters.topic("later", 1));
        assertThat(waiting.get(20, TimeUnit.SECONDS).error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        // What the leader had committed just before, of itself, may have come meanwhile.
        assertThat(session.image().brokers()).isEqualTo(before.brokers());
        assertThat(session.image().topic("later")).isEmpty();
        quorum.start(stopped);
        assertThat(quorum.leader().node().leads()).isTrue();
        assertThat(session.submit(TestClusters.topic("after", 1))
                        .get(10, TimeUnit.SECONDS)
                        .ok())
                .isTrue();
        TestQuorum.await(
                "still fenced", () -> !session.image().broker(1).orElseThrow().fenced());
        assertThat(session.image().broker(1).orElseThrow().epoch()).isEqualTo(session.brokerEpoch());
    }

    @Test
    void heartbeatsGoOnWhileAnImageIsApplied() throws Exception {
        BrokerSession watching = serving(1);
        BrokerSession slow = serving(2);
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        slow.onImage((before, after) -> {
            blocked.countDown();
            awaitQuietly(done);
        });
        watching.submit(TestClusters.topic("news", 1)).get(10, TimeUnit.SECONDS);
        blocked.await();
        long until = System.nanoTime() + 2 * TestQuorum.QUICK.sessionTimeout().toNanos();
        TestQuorum.await("time stands still", () -> System.nanoTime() - until > 0);
        assertThat(watching.image().broker(2).orElseThrow().fenced()).isFalse();
        done.countDown();
    }

    @Test
    void leadershipGoesBackToAReturnedBrokerOnceItIsInSync() throws Exception {
        BrokerSession first = serving(1);
        BrokerSession second = serving(2);
        replicated(first);
        second.leave().get(10, TimeUnit.SECONDS);
        second.close();
        TestQuorum.await("not moved", () -> first.image().shards().stream().allMatch(s -> s.leader() == 1));
        BrokerSession back = serving(2);
        ShardImage shard = first.image().shards().stream()
                .filter(s -> s.replicas().get(0) == 2)
                .findFirst()
                .orElseThrow();
        CommandResult joined = first.submit(new Command.AlterShard(
                        1,
                        first.brokerEpoch(),
                        shard.id(),
                        shard.leaderEpoch(),
                        shard.version(),
                        List.of(
                                new Command.InSyncReplica(1, first.brokerEpoch()),
                                new Command.InSyncReplica(2, back.brokerEpoch()))))
                .get(10, TimeUnit.SECONDS);
        assertThat(joined.error()).isEqualTo(Errors.NONE);
        TestQuorum.await(
                "not given back",
                () -> first.image().shard(shard.id()).orElseThrow().leader() == 2);
    }

    @Test
    void aSessionLeavesAControllerThatStandsStill() {
        StaleFeed feed = new StaleFeed(java.time.Duration.ofNanos(100));
        assertThat(feed.isStale(5, 5, 0)).isFalse();
        assertThat(feed.isStale(6, 5, 10)).isFalse();
        assertThat(feed.isStale(7, 6, 200)).isFalse();
        assertThat(feed.isStale(7, 6, 250)).isFalse();
        assertThat(feed.isStale(8, 6, 300)).isTrue();
        assertThat(feed.isStale(8, 6, 310)).isFalse();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void replicated(BrokerSession session) throws Exception {
        CommandResult result = session.submit(new Command.CreateTopics(
                        List.of(io.braid.controller.NewTopic.of(Uuid.randomUuid(), "replicated", 8, 2, Map.of())),
                        io.braid.controller.PoolPolicy.DEFAULT,
                        false))
                .get(10, TimeUnit.SECONDS);
        assertThat(result.items().get(0).error()).isEqualTo(Errors.NONE);
    }

    private BrokerSession serving(int id) throws Exception {
        BrokerSession session = quorum.session(id);
        session.ready().get(10, TimeUnit.SECONDS);
        session.unfence().get(10, TimeUnit.SECONDS);
        return session;
    }
}
