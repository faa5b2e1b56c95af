package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.LocalController;
import io.braid.controller.MetadataVersion;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.ShardImage;
import io.braid.log.FlushMode;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers' shards with real logs and threads; the test carries fetches and answers between them. */
class ShardsReplicationTest {
    private static final long TIMEOUT_S = 20;

    @TempDir
    Path dir;

    private final LocalController controller = new LocalController();
    private final List<LogDirectory> directories = new ArrayList<>();
    private final long[] brokerEpochs = new long[3];
    private final List<String> followed = new CopyOnWriteArrayList<>();
    private Shards leader;
    private Shards follower;
    private int shard;

    @BeforeEach
    void start() throws Exception {
        controller.apply(new Command.CreateCluster("test", MetadataVersion.LATEST));
        Shards[] shards = new Shards[3];
        for (int id = 1; id <= 2; id++) {
            register(id);
            shards[id] = shards(id, FlushMode.REPLICATED);
        }
        controller.apply(new Command.CreateTopics(
                List.of(NewTopic.of(TestBatches.TOPIC, "t", 2, 2, Map.of())), new PoolPolicy(1, 2), false));
        ShardImage image = controller.image().shards().get(0);
        shard = image.id();
        leader = shards[image.leader()];
        follower = shards[3 - image.leader()];
        follower.onFollowing(new FollowListener() {
            @Override
            public void follow(int shardId, int leaderId, int leaderEpoch, boolean inSync) {
                followed.add("follow " + (leaderId == image.leader()) + " " + inSync);
            }

            @Override
            public void unfollow(int shardId) {
                followed.add("unfollow");
            }
        });
        apply();
    }

    @AfterEach
    void stop() throws Exception {
        leader.close();
        follower.close();
        for (LogDirectory directory : directories) {
            directory.close();
        }
    }

    @Test
    void acknowledgementWaitsForTheFollowerAndFollowersGetTheVeryEntries() throws Exception {
        CompletableFuture<PartitionAppend> ack = append(TestBatches.plain(0, 3, 2));
        assertThat(replicate()).isTrue();
        assertThat(ack).isNotDone();

        replicate();

        assertThat(ack.get(TIMEOUT_S, TimeUnit.SECONDS).error()).isEqualTo(Errors.NONE);
        replicate(); // brings the commit LSN
        PartitionSnapshot copy = read(follower, true);
        assertThat(copy.highWatermark()).isEqualTo(3);
        assertThat(copy.leads()).isFalse();
        assertThat(copy.check(3)).isEqualTo(Errors.NONE);
        assertThat(copy.check(4)).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(read(leader, false).highWatermark()).isEqualTo(3);
        assertThat(read(follower, false).error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void fetchThatFindsNothingIsAnsweredByTheNextAppendAndHearsOfCommits() throws Exception {
        var unused = append(TestBatches.plain(0, 3, 2));
        while (replicate()) {}
        replicate();
        List<Long> commits = new CopyOnWriteArrayList<>();
        ReplicaInterest interest = (id, epoch, lsn) -> commits.add(lsn);
        FollowerPosition at = position();
        ReplicaFetch fetch = at.fetch(followerId(), brokerEpochs[followerId()], 1 << 20);
        CompletableFuture<ReplicaAnswer> replaced = waitingFetch(fetch, interest);
        CompletableFuture<ReplicaAnswer> waiting = waitingFetch(fetch, interest);
        await(() -> commits.contains(at.fetchLsn()));
        assertThat(waiting).isNotDone();

        var unusedToo = append(TestBatches.plain(0, 3, 2));

        ReplicaAnswer answer = waiting.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(answer.entries().firstLsn()).isEqualTo(at.fetchLsn());
        assertThat(answer.entries().endLsn()).isEqualTo(at.fetchLsn() + 1);
        answer.entries().release();
        assertThat(replaced).as("a later fetch took its place").isNotDone();
    }

    @Test
    void fetchThatWaitsHearsThatItsAcknowledgementCommitted() throws Exception {
        var unused = append(TestBatches.plain(0, 3, 2));
        FollowerPosition at = position();
        ReplicaAnswer sent = serve(at.fetch(followerId(), brokerEpochs[followerId()], 1 << 20), null);
        long end = sent.entries().endLsn();
        sent.entries().release();
        ReplicaFetch ahead = new ReplicaFetch(
                shard,
                followerId(),
                brokerEpochs[followerId()],
                at.leaderEpoch(),
                end,
                ReplicaFetch.CONTINUES,
                at.fetchLsn(),
                1 << 20);
        List<Long> commits = new CopyOnWriteArrayList<>();
        CompletableFuture<ReplicaAnswer> waiting = waitingFetch(ahead, (id, epoch, lsn) -> commits.add(lsn));

        replicate();
        FollowerPosition acked = position();
        assertThat(leader.replication().acknowledge(acked.fetch(followerId(), brokerEpochs[followerId()], 0)))
                .isTrue();
        await(() -> commits.contains(end));
        assertThat(waiting).isNotDone();
    }

    @Test
    void fetchThatWaitsIsToldOfAnotherLeaderUnlessItWasForgotten() throws Exception {
        while (replicate()) {}
        ReplicaFetch fetch = position().fetch(followerId(), brokerEpochs[followerId()], 1 << 20);
        ReplicaInterest gone = (id, epoch, lsn) -> {};
        CompletableFuture<ReplicaAnswer> forgotten = waitingFetch(fetch, gone);
        CompletableFuture<ReplicaAnswer> waiting = waitingFetch(fetch, (id, epoch, lsn) -> {});
        leader.replication().forget(shard, gone);

        controller.apply(new Command.FenceBroker(leaderId(), brokerEpochs[leaderId()]));
        apply();

        assertThat(waiting.get(TIMEOUT_S, TimeUnit.SECONDS).error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(forgotten).isNotDone();
    }

    @Test
    void deposedLeaderFailsWhatWaitsAndTakesOverTheNewLeadersLog() throws Exception {
        var unused = append(TestBatches.plain(0, 3, 2));
        replicate();
        replicate();
        replicate();
        CompletableFuture<PartitionAppend> lost = append(TestBatches.plain(0, 2, 2));
        leader.drain();

        controller.apply(new Command.FenceBroker(leaderId(), brokerEpochs[leaderId()]));
        apply();

        assertThat(lost.get(TIMEOUT_S, TimeUnit.SECONDS).error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(followed).contains("unfollow");
        swap();
        PartitionAppend mine = append(TestBatches.plain(0, 5, 1)).get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(mine.baseOffset()).isEqualTo(3);
        for (int i = 0; i < 4; i++) {
            replicate();
        }
        assertThat(read(follower, true).highWatermark()).isEqualTo(8);
        assertThat(read(follower, true).view().orElseThrow().nextOffset()).isEqualTo(8);
    }

    @Test
    void acknowledgementThatTakesTooLongIsTimedOut() throws Exception {
        CompletableFuture<PartitionAppend> done = new CompletableFuture<>();
        PartitionAppend append = TestBatches.plain(0, 1, 2);
        leader.append(
                shard,
                new AppendTask(List.of(append), true, System.currentTimeMillis() - 1, () -> done.complete(append)));

        assertThat(done.get(TIMEOUT_S, TimeUnit.SECONDS).error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
    }

    @Test
    void onlyTheLeaderEndsADeletedTopicAndTheFollowerDoesAsItSays() throws Exception {
        var unused = append(TestBatches.plain(0, 3, 2));
        for (int i = 0; i < 3; i++) {
            replicate();
        }
        controller.apply(new Command.DeleteTopics(List.of(Command.TopicRef.of(TestBatches.TOPIC))));
        leader.deleteTopics(List.of(TestBatches.TOPIC));
        follower.deleteTopics(List.of(TestBatches.TOPIC));
        follower.drain();
        assertThat(partitions(follower)).isEqualTo(1);

        replicate();
        replicate();

        assertThat(partitions(leader)).isZero();
        assertThat(partitions(follower)).isZero();
    }

    @Test
    void newLeaderEndsTopicsThatWereDeletedBeforeIt() throws Exception {
        var unused = append(TestBatches.plain(0, 3, 2));
        for (int i = 0; i < 3; i++) {
            replicate();
        }
        controller.apply(new Command.DeleteTopics(List.of(Command.TopicRef.of(TestBatches.TOPIC))));
        controller.apply(new Command.FenceBroker(leaderId(), brokerEpochs[leaderId()]));
        apply();
        follower.drain();

        assertThat(partitions(follower)).isZero();
    }

    @Test
    void laggingFollowerLeavesAndJoinsAgain() throws Exception {
        CompletableFuture<PartitionAppend> ack = append(TestBatches.plain(0, 3, 1));

        // Nobody fetches: the follower leaves, and what the leader has is committed.
        awaitInSync(1);
        assertThat(ack.get(TIMEOUT_S, TimeUnit.SECONDS).error()).isEqualTo(Errors.NONE);
        PartitionAppend refused = append(TestBatches.plain(0, 3, 2)).get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(refused.error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(followed).contains("follow true false");
        replicate();
        replicate();

        awaitInSync(2);
    }

    @Test
    void shardWithoutEntriesHasNoFiles() throws Exception {
        for (int i = 0; i < 3; i++) {
            replicate();
        }

        for (int id = 1; id <= 2; id++) {
            try (var files = Files.list(dir.resolve("broker-" + id).resolve("shards"))) {
                assertThat(files).isEmpty();
            }
        }
    }

    // ---- helpers

    private void register(int id) {
        brokerEpochs[id] = controller
                .apply(new Command.RegisterBroker(
                        id,
                        new Uuid(id, 1),
                        "",
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        MetadataVersion.supported(),
                        -1))
                .value();
        controller.apply(new Command.UnfenceBroker(id, brokerEpochs[id]));
    }

    private Shards shards(int id, FlushMode flush) throws Exception {
        Path path = Files.createDirectories(dir.resolve("broker-" + id));
        LogDirectory directory = LogDirectory.open(path, LogConfig.defaults(), LogListener.NONE);
        directories.add(directory);
        return new Shards(
                new ReplicaConfig(id, flush, 300),
                new LogDirectories(List.of(path), List.of(directory)),
                1,
                controller::submit,
                ShardEvents.NONE);
    }

    private int leaderId() {
        return controller.image().shard(shard).orElseThrow().leader();
    }

    private int followerId() {
        return 3 - leaderId();
    }

    private void swap() {
        Shards old = leader;
        leader = follower;
        follower = old;
    }

    private void apply() throws Exception {
        leader.apply(controller.image());
        follower.apply(controller.image());
        leader.drain();
        follower.drain();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private void awaitInSync(int members) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (controller.image().shard(shard).orElseThrow().isr().size() != members) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            replicateIf(members == 2);
            Thread.onSpinWait();
        }
        apply();
    }

    private void replicateIf(boolean wanted) throws Exception {
        if (wanted) {
            replicate();
        }
    }

    private CompletableFuture<PartitionAppend> append(PartitionAppend append) {
        CompletableFuture<PartitionAppend> done = new CompletableFuture<>();
        leader.append(
                shard, new AppendTask(List.of(append), append.minInSyncReplicas() > 0, () -> done.complete(append)));
        return done;
    }

    private FollowerPosition position() throws Exception {
        CompletableFuture<FollowerPosition> position = new CompletableFuture<>();
        follower.replication().position(shard, position::complete);
        return position.get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private ReplicaAnswer serve(ReplicaFetch fetch, ReplicaInterest interest) throws Exception {
        CompletableFuture<ReplicaAnswer> answer = new CompletableFuture<>();
        leader.replication().serve(fetch, interest, Runnable::run, answer::complete);
        return answer.get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private CompletableFuture<ReplicaAnswer> waitingFetch(ReplicaFetch fetch, ReplicaInterest interest) {
        CompletableFuture<ReplicaAnswer> answer = new CompletableFuture<>();
        leader.replication().serve(fetch, interest, Runnable::run, answer::complete);
        return answer;
    }

    /** One fetch of the follower; true when there were entries. */
    private boolean replicate() throws Exception {
        int id = followerId();
        ReplicaAnswer answer = serve(position().fetch(id, brokerEpochs[id], 1 << 20), null);
        boolean entries = !answer.entries().isEmpty();
        CompletableFuture<FollowerPosition> position = new CompletableFuture<>();
        follower.replication().apply(answer, position::complete);
        assertThat(position.get(TIMEOUT_S, TimeUnit.SECONDS).error()).isEqualTo(Errors.NONE);
        return entries;
    }

    private PartitionSnapshot read(Shards from, boolean anyReplica) throws Exception {
        CompletableFuture<PartitionSnapshot> found = new CompletableFuture<>();
        from.look(
                shard,
                (snapshots, removal) -> found.complete(
                        anyReplica
                                ? snapshots.readable(TestBatches.TOPIC, 0, -1, null)
                                : snapshots.of(TestBatches.TOPIC, 0, -1, null)),
                () -> {});
        return found.get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private int partitions(Shards of) throws Exception {
        CompletableFuture<Integer> size = new CompletableFuture<>();
        of.inspect(shard, log -> size.complete(log.partitions().size()));
        return size.get(TIMEOUT_S, TimeUnit.SECONDS);
    }
}
