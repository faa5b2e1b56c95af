package io.braid.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.broker.replication.message.HighWatermarksRequest.Partition;
import io.braid.broker.replication.message.ReplicationApis;
import io.braid.log.SnapshotInstall;
import io.braid.log.SnapshotManifest;
import io.braid.protocol.Api;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.ConnectionState;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ProtocolServer;
import io.braid.protocol.network.ServerConfig;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both sides of replication over a socket, with shards in memory. */
@Timeout(20)
class ReplicationLinkTest {
    private static final int LEADER = 1;
    private static final int FOLLOWER = 2;
    private static final long FOLLOWER_EPOCH = 20;
    private static final int LONG_WAIT_MS = 60_000;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final FakeShards leader = new FakeShards(LEADER);
    private final FakeShards follower = new FakeShards(FOLLOWER);
    private final FakeMembership leaderKnows = new FakeMembership(10);
    private final FakeMembership followerKnows = new FakeMembership(FOLLOWER_EPOCH);
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private ProtocolServer server;
    private ReplicationHandler handler;
    private LeaderLinks links;

    @BeforeEach
    void start() throws IOException {
        handler = new ReplicationHandler(
                LEADER,
                leader,
                (shard, found) -> {},
                (broker, partitions) -> CompletableFuture.completedFuture(
                        partitions.stream().map(of -> 100L + of.partition()).toList()),
                leaderKnows,
                Runnable::run);
        bind(0);
        int port = server.localAddress().getPort();
        leaderKnows.apply(FakeMembership.broker(FOLLOWER, FOLLOWER_EPOCH, 1), FakeMembership.broker(LEADER, 10, port));
        followerKnows.apply(
                FakeMembership.broker(FOLLOWER, FOLLOWER_EPOCH, 1), FakeMembership.broker(LEADER, 10, port));
    }

    /** A client that tries again may hold the port for a moment: connecting to a free port of this machine can meet itself. */
    private boolean bound(int port) {
        try {
            bind(port);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void bind(int port) throws IOException {
        NetworkListener counts = new NetworkListener() {
            @Override
            public void requestReceived(ConnectionState connection, Api api, short version, int sizeBytes) {
                received.incrementAndGet();
            }

            @Override
            public void requestCompleted(
                    ConnectionState connection, Api api, short version, long bytes, long handlerNs, long totalNs) {
                completed.incrementAndGet();
            }
        };
        server = ProtocolServer.bind(
                ServerConfig.of("INTER", "127.0.0.1", port), ReplicationApis.CATALOG, group, handler, counts);
    }

    @AfterEach
    void stop() {
        if (links != null) {
            links.close();
        }
        server.close(Duration.ZERO);
        leader.close();
        follower.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void follow(int maxWaitMs, int... shards) {
        links = new LeaderLinks(
                new FetchSettings(FOLLOWER, 1 << 20, maxWaitMs, CopyLimits.NONE, ConnectOptions.DEFAULT),
                follower,
                new NoCopies(),
                followerKnows,
                group);
        for (int shard : shards) {
            leader.lead(shard, 5);
            follower.follow(shard, LEADER, 5);
            links.follow(shard, LEADER, 5, true);
        }
    }

    @Test
    void aPeerTellsHighWatermarksInTheOrderInWhichTheyAreAskedFor() throws Exception {
        PeerHighWatermarks peers = new PeerHighWatermarks(followerKnows, group, ConnectOptions.DEFAULT);
        Uuid topic = new Uuid(3, 4);

        assertThat(peers.ask(LEADER, List.of(new Partition(topic, 5), new Partition(topic, 2)))
                        .get())
                .containsExactly(105L, 102L);
        assertThatThrownBy(() -> peers.ask(77, List.of(new Partition(topic, 5))).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void entriesArriveAndAreAcknowledgedWithoutWaiting() {
        follow(LONG_WAIT_MS, 7);
        for (int i = 0; i < 50; i++) {
            leader.append(7, 5, i);
            long end = i + 1L;
            await(() -> leader.acked(7, FOLLOWER) == end);
        }
        assertThat(follower.entries(7)).isEqualTo(leader.entries(7));
    }

    @Test
    void commitLsnArrivesWithoutEntries() {
        follow(LONG_WAIT_MS, 7);
        leader.append(7, 5, 1);
        await(() -> leader.acked(7, FOLLOWER) == 1);
        leader.commit(7, 1);
        await(() -> follower.commitLsn(7) == 1);
    }

    @Test
    void manyShardsFlowAtOnce() {
        int[] shards = new int[40];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = i;
        }
        follow(LONG_WAIT_MS, shards);
        for (int n = 0; n < 500; n++) {
            for (int shard : shards) {
                leader.append(shard, 5, n);
            }
        }
        for (int shard : shards) {
            await(() -> leader.acked(shard, FOLLOWER) == 500);
            assertThat(follower.entries(shard)).isEqualTo(leader.entries(shard));
        }
    }

    @Test
    void shardThatNeverAppendsDoesNotStallOthers() {
        follow(LONG_WAIT_MS, 1, 2);
        follower.stick(1);
        leader.append(1, 5, 0);
        for (int i = 0; i < 100; i++) {
            leader.append(2, 5, i);
            long end = i + 1L;
            await(() -> leader.acked(2, FOLLOWER) == end);
        }
    }

    @Test
    void idleLaneHasOneRequestWhateverTheNumberOfShards() {
        int[] shards = new int[60];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = i;
        }
        follow(100, shards);
        for (int shard : shards) {
            leader.append(shard, 5, 1);
        }
        for (int shard : shards) {
            await(() -> leader.acked(shard, FOLLOWER) == 1);
        }
        await(() -> received.get() - completed.get() == 1);
        int before = received.get();
        await(() -> received.get() >= before + 4); // a few waits that ran out
        assertThat(received.get() - completed.get()).isLessThanOrEqualTo(1);
    }

    @Test
    void followerThatDivergesTruncatesAndGoesOn() {
        for (int i = 0; i < 3; i++) {
            leader.append(7, 1, i);
            follower.append(7, 1, i);
        }
        follower.append(7, 2, 100);
        follower.append(7, 2, 101);
        leader.append(7, 4, 200);
        follow(LONG_WAIT_MS, 7);
        await(() -> follower.entries(7).equals(leader.entries(7)));
        await(() -> leader.acked(7, FOLLOWER) == 4);
    }

    @Test
    void lostConnectionIsMadeAnew() {
        follow(LONG_WAIT_MS, 7);
        leader.append(7, 5, 1);
        await(() -> leader.acked(7, FOLLOWER) == 1);
        int port = server.localAddress().getPort();
        server.close(Duration.ZERO);
        leader.append(7, 5, 2);
        await(() -> bound(port));
        await(() -> leader.acked(7, FOLLOWER) == 2);
        assertThat(follower.entries(7)).isEqualTo(leader.entries(7));
    }

    @Test
    void refusedShardIsTriedAgain() {
        follow(LONG_WAIT_MS, 7, 8);
        leader.append(7, 5, 1);
        await(() -> leader.acked(7, FOLLOWER) == 1);
        leader.refuse(7, Errors.NOT_LEADER_OR_FOLLOWER);
        leader.append(8, 5, 1);
        await(() -> leader.acked(8, FOLLOWER) == 1);
        leader.refuse(7, Errors.NONE);
        leader.append(7, 5, 2);
        await(() -> leader.acked(7, FOLLOWER) == 2);
    }

    @Test
    void shardThatWasRefusedAtFirstIsHeardOfLater() {
        leader.refuse(7, Errors.UNKNOWN_LEADER_EPOCH);
        follow(LONG_WAIT_MS, 7);
        await(() -> completed.get() >= 2);
        leader.refuse(7, Errors.NONE);
        await(() -> leader.acked(7, FOLLOWER) == 0);
        for (int i = 0; i < 3; i++) {
            leader.append(7, 5, i);
            long end = i + 1L;
            await(() -> leader.acked(7, FOLLOWER) == end);
        }
    }

    @Test
    void incarnationThatIsNotKnownIsNotServed() {
        leaderKnows.apply(FakeMembership.broker(FOLLOWER, FOLLOWER_EPOCH + 1, 1));
        leader.append(7, 5, 1);
        follow(100, 7);
        await(() -> completed.get() >= 2); // refused, and tried again
        assertThat(leader.acked(7, FOLLOWER)).isEqualTo(-1);
        assertThat(follower.entries(7)).isEmpty();
    }

    @Test
    void sessionEndsWhenTheIncarnationIsOver() {
        follow(LONG_WAIT_MS, 7);
        leader.append(7, 5, 1);
        await(() -> leader.acked(7, FOLLOWER) == 1);
        leaderKnows.apply(FakeMembership.broker(FOLLOWER, FOLLOWER_EPOCH + 1, 1));
        handler.onImage(leaderKnows.image());
        int before = completed.get();
        await(() -> completed.get() > before);
        leader.append(7, 5, 2);
        await(() -> completed.get() > before + 2);
        assertThat(leader.acked(7, FOLLOWER)).isEqualTo(1);
    }

    @Test
    void followerWithANewerImageIsServedWhenOursHasCaughtUp() {
        FakeMembership late = leaderKnows;
        late.apply(FakeMembership.broker(FOLLOWER, FOLLOWER_EPOCH - 1, 1));
        followerKnows.apply();
        followerKnows.apply();
        leader.append(7, 5, 1);
        follow(LONG_WAIT_MS, 7);
        await(() -> late.versionSeen() == followerKnows.image().version());
        late.apply(FakeMembership.broker(FOLLOWER, FOLLOWER_EPOCH, 1));
        await(() -> leader.acked(7, FOLLOWER) == 1);
    }

    @Test
    void shardMovesBetweenLanes() {
        follow(LONG_WAIT_MS, 7, 8);
        for (int i = 0; i < 20; i++) {
            leader.append(7, 5, i);
            links.follow(7, LEADER, 5, i % 2 == 0);
            long end = i + 1L;
            await(() -> leader.acked(7, FOLLOWER) == end);
        }
        assertThat(follower.entries(7)).isEqualTo(leader.entries(7));
    }

    @Test
    void leaderThatChangesIsFollowedInItsEpoch() {
        follow(LONG_WAIT_MS, 7);
        leader.append(7, 5, 1);
        await(() -> leader.acked(7, FOLLOWER) == 1);
        leader.lead(7, 6);
        leader.append(7, 6, 2);
        follower.follow(7, LEADER, 6);
        links.follow(7, LEADER, 6, true);
        await(() -> leader.acked(7, FOLLOWER) == 2);
        links.unfollow(7);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** No shard is ever copied here. */
    private static final class NoCopies implements SnapshotTarget {
        @Override
        public SnapshotInstall begin(int shardId, SnapshotManifest manifest) {
            throw new AssertionError();
        }

        @Override
        public void finish(int shardId, SnapshotInstall install) {
            throw new AssertionError();
        }
    }
}
