package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.log.FlushMode;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** The follower's rules, against a leader next to it. Broker 2 follows broker 1 unless a test says otherwise. */
class FollowingReplicaTest {
    private final ReplicaFixture f = new ReplicaFixture();
    private final MemoryStore firstStore = new MemoryStore();
    private final MemoryStore store = new MemoryStore();
    private final ShardReplica first = ReplicaFixture.replica(1, firstStore);
    private final ShardReplica second = ReplicaFixture.replica(2, store);

    private void assign(int leaderId, int epoch, Integer... inSync) throws Exception {
        ShardAssignment assignment = f.assignment(leaderId, epoch, inSync);
        first.assign(assignment, f.nowMs);
        second.assign(assignment, f.nowMs);
        first.advanceCommit();
        second.advanceCommit();
    }

    private ReplicaAnswer follow() throws Exception {
        return f.follow(first, firstStore, second, 2);
    }

    @Test
    void followerOfAShardWithoutEntriesHasNothing() throws Exception {
        assign(1, 5, 1, 2);

        ReplicaAnswer answer = follow();

        assertThat(answer.matches()).isTrue();
        assertThat(store.nextLsn()).isZero();
        assertThat(second.position()).isEqualTo(new FollowerPosition(0, Errors.NONE, 1, 5, 0, -1, 0));
    }

    @Test
    void followerTakesEntriesAndLearnsWhatIsCommittedWithTheNextAnswer() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 3, 0));

        follow();
        int row = second.find(TestBatches.TOPIC, 0);
        assertThat(store.entries()).isEqualTo(firstStore.entries());
        assertThat(second.commitLsn()).isZero();
        assertThat(second.highWatermark(row)).isZero();
        follow();

        assertThat(first.commitLsn()).isEqualTo(2);
        assertThat(second.commitLsn()).isEqualTo(2);
        assertThat(second.highWatermark(row)).isEqualTo(3);
    }

    @Test
    void followerKnowsNothingCommittedBeyondItsOwnEnd() throws Exception {
        assign(1, 5, 1);
        for (int i = 0; i < 5; i++) {
            f.write(first, TestBatches.plain(0, 1, 0));
        }
        ReplicaAnswer all = f.ask(first, f.fetch(2, 5, 0, -1));

        second.apply(all.with(firstStore.read(0, 3)), f.nowMs);

        assertThat(first.commitLsn()).isEqualTo(6);
        assertThat(second.commitLsn()).isEqualTo(3);
        assertThat(second.highWatermark(second.find(TestBatches.TOPIC, 0))).isEqualTo(2);
    }

    @Test
    void withGroupFlushItAcknowledgesWhatIsForced() throws Exception {
        ShardReplica forcing = ReplicaFixture.replica(2, store, FlushMode.GROUP);
        assign(1, 5, 1, 2);
        forcing.assign(f.assignment(1, 5, 1, 2), f.nowMs);
        f.write(first, TestBatches.plain(0, 1, 0));

        f.follow(first, firstStore, forcing, 2);
        assertThat(forcing.position().fetchLsn()).isEqualTo(2);
        assertThat(forcing.position().ackLsn()).isZero();
        store.force();

        assertThat(forcing.position().ackLsn()).isEqualTo(2);
    }

    @Test
    void formerLeaderTruncatesWhatOnlyItHad() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 3, 0));
        follow();
        follow();
        f.write(first, TestBatches.plain(0, 2, 0));
        f.write(first, TestBatches.plain(1, 2, 0));
        assign(2, 6, 1, 2);
        f.write(second, TestBatches.plain(0, 1, 0));

        ReplicaAnswer diverges = f.follow(second, store, first, 1);
        assertThat(diverges.divergence()).isPresent();
        assertThat(firstStore.nextLsn()).isEqualTo(2);
        f.follow(second, store, first, 1);
        f.follow(second, store, first, 1);

        assertThat(firstStore.entries()).isEqualTo(store.entries());
        assertThat(first.commitLsn()).isEqualTo(4);
        assertThat(first.highWatermark(first.find(TestBatches.TOPIC, 0))).isEqualTo(4);
        assertThat(first.find(TestBatches.TOPIC, 1)).isEqualTo(-1);
    }

    @Test
    void belatedDivergenceDoesNotCutWhatWasAcknowledgedSince() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 3, 0));
        follow();
        follow();
        f.write(first, TestBatches.plain(0, 2, 0));
        assign(2, 6, 1, 2);
        ReplicaAnswer diverges = f.follow(second, store, first, 1);
        f.follow(second, store, first, 1);
        assertThat(firstStore.nextLsn()).isEqualTo(3);

        first.apply(diverges, f.nowMs);

        assertThat(firstStore.nextLsn()).isEqualTo(3);
        assertThat(firstStore.truncations).isEqualTo(1);
    }

    @Test
    void committedEntriesAreNotCutOnTheWordOfAnUncleanLeader() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 3, 0));
        follow();
        follow();
        ShardReplica usurper = ReplicaFixture.replica(1, new MemoryStore());
        ShardAssignment unclean = f.assignment(1, 6, 1);
        usurper.assign(unclean, f.nowMs);
        second.assign(unclean, f.nowMs);
        f.write(usurper, TestBatches.plain(0, 1, 0));

        ReplicaAnswer answer = f.ask(usurper, second.position().fetch(2, 12, 1));

        second.apply(answer, f.nowMs);

        assertThat(store.nextLsn()).isEqualTo(2);
        assertThat(second.position().error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void answersThatDoNotFitAreDropped() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 1, 0));
        ReplicaAnswer answer = f.ask(first, f.fetch(2, 5, 0, -1));

        second.apply(answer.with(firstStore.read(1, 1)), f.nowMs);
        assertThat(store.nextLsn()).as("a gap").isZero();
        second.apply(answer.with(firstStore.read(0, 2)), f.nowMs);
        second.apply(answer.with(firstStore.read(0, 2)), f.nowMs);
        assertThat(store.nextLsn()).as("twice").isEqualTo(2);
        second.assign(f.assignment(3, 6, 2, 3), f.nowMs);
        f.write(first, TestBatches.plain(0, 1, 0));
        second.apply(answer.with(firstStore.read(2, 1)), f.nowMs);

        assertThat(store.nextLsn()).as("of another epoch").isEqualTo(2);
    }

    @Test
    void commitIsNotBelievedBeforeTheLogIsCompared() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 3, 0));
        ReplicaAnswer diverging = new ReplicaAnswer(
                0,
                Errors.NONE,
                1,
                5,
                2,
                0,
                2,
                java.util.Optional.of(new io.braid.log.table.EpochEndLsn(5, 2)),
                io.braid.log.EntryRun.empty(0));

        second.apply(diverging, f.nowMs);

        assertThat(second.commitLsn()).isZero();
    }

    @Test
    void logStartsAndDeletionsOfTheLeaderTakeEffectWhenCommitted() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 5, 0));
        follow();
        follow();
        first.appendLogStart(TestBatches.TOPIC, 0, 2, f.nowMs);
        follow();
        int row = second.find(TestBatches.TOPIC, 0);
        assertThat(second.logStartOffset(row)).isZero();
        follow();
        assertThat(second.logStartOffset(row)).isEqualTo(2);

        first.appendTopicDeleted(TestBatches.TOPIC, f.nowMs);
        follow();
        assertThat(second.isDying(TestBatches.TOPIC)).isTrue();
        follow();

        assertThat(second.isDying(TestBatches.TOPIC)).isFalse();
        assertThat(second.find(TestBatches.TOPIC, 0)).isEqualTo(-1);
    }

    @Test
    void deletionThatIsCutGivesTheUncommittedBatchesBack() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 3, 0));
        follow();
        follow();
        f.write(first, TestBatches.plain(0, 2, 0));
        follow(); // both have it, and neither knows it to be committed
        first.appendTopicDeleted(TestBatches.TOPIC, f.nowMs);
        assign(2, 6, 1, 2);

        f.follow(second, store, first, 1);
        int row = first.find(TestBatches.TOPIC, 0);

        assertThat(firstStore.nextLsn()).isEqualTo(3);
        assertThat(first.isDying(TestBatches.TOPIC)).isFalse();
        assertThat(first.highWatermark(row)).isEqualTo(3);
        f.follow(second, store, first, 1);
        f.follow(second, store, first, 1);
        assertThat(first.highWatermark(first.find(TestBatches.TOPIC, 0))).isEqualTo(5);
    }

    @Test
    void followerThatIsElectedKeepsItsHighWatermark() throws Exception {
        assign(1, 5, 1, 2);
        f.write(first, TestBatches.plain(0, 3, 0));
        follow();
        follow();
        f.write(first, TestBatches.plain(0, 2, 0));
        follow();

        assign(2, 6, 1, 2);
        int row = second.find(TestBatches.TOPIC, 0);

        assertThat(second.highWatermark(row)).isEqualTo(3);
        assertThat(second.settled()).isFalse();
        f.follow(second, store, first, 1);
        f.follow(second, store, first, 1);
        assertThat(second.highWatermark(row)).isEqualTo(5);
        assertThat(second.settled()).isTrue();
    }

    @Test
    void brokerWithoutAReplicaFollowsNobody() throws Exception {
        ShardReplica other = ReplicaFixture.replica(4, new MemoryStore());
        other.assign(f.assignment(1, 5, 1, 2), f.nowMs);

        assertThat(other.isFollower()).isFalse();
        assertThat(other.position().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(other.position().follows()).isFalse();
    }
}
