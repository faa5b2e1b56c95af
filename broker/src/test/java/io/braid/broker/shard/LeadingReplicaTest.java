package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.log.EntryType;
import io.braid.log.FlushMode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The leader's rules, by hand and on a log in memory. Broker 1 leads. */
class LeadingReplicaTest {
    private final ReplicaFixture f = new ReplicaFixture();
    private final MemoryStore store = new MemoryStore();
    private final ShardReplica leader = ReplicaFixture.replica(1, store);

    private void lead(int epoch, Integer... inSync) throws Exception {
        leader.assign(f.assignment(1, epoch, inSync), f.nowMs);
        leader.advanceCommit();
    }

    // ---- epoch start

    @Test
    void shardWithoutEntriesGetsNoEpochStartUntilTheFirstAppend() throws Exception {
        lead(5, 1, 2, 3);

        assertThat(store.nextLsn()).isZero();
        f.write(leader, TestBatches.plain(0, 1, 0));
        assertThat(store.entries().get(0).type()).isEqualTo(EntryType.EPOCH_START);
        assertThat(store.nextLsn()).isEqualTo(2);
    }

    @Test
    void newLeaderOfAShardWithEntriesAppendsItsEpochStartOnce() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));

        lead(6, 1);
        lead(6, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));

        assertThat(store.entries().stream().filter(e -> e.type() == EntryType.EPOCH_START))
                .extracting(MemoryStore.Entry::epoch)
                .containsExactly(5, 6);
        assertThat(store.entries().get(2).type()).isEqualTo(EntryType.EPOCH_START);
    }

    @Test
    void leaderIsSettledOnceTheStartOfItsEpochIsCommitted() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        lead(6, 1, 2);

        assertThat(leader.settled()).isFalse();
        f.ask(leader, f.fetch(2, 6, 2, 5));
        assertThat(leader.settled()).isFalse();
        f.ask(leader, f.fetch(2, 6, 3, 6));

        assertThat(leader.settled()).isTrue();
    }

    @Test
    void leaderThatRestartedDoesNotGuessHighWatermarks() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 4, 0));
        ShardReplica again = ReplicaFixture.replica(1, store.reopened());
        again.assign(f.assignment(1, 6, 1, 2), f.nowMs);
        again.advanceCommit();
        int row = again.find(TestBatches.TOPIC, 0);

        assertThat(again.highWatermarksKnown()).isFalse();
        assertThat(again.highWatermark(row)).isZero();
        f.ask(again, f.fetch(2, 6, 2, 5));

        assertThat(again.highWatermarksKnown()).isTrue();
        assertThat(again.highWatermark(row)).isEqualTo(4);
    }

    @Test
    void readersHearThatHighWatermarksAreKnownThoughNothingWasAppended() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 4, 0));
        AtomicInteger told = new AtomicInteger();
        CommitListener listener = new CommitListener() {
            @Override
            public void onAdvance(int partitionRow, int bytes) {}

            @Override
            public void onHighWatermarksKnown() {
                told.incrementAndGet();
            }

            @Override
            public void onRowRemoved(int partitionRow) {}
        };
        ReplicaConfig config = new ReplicaConfig(1, FlushMode.REPLICATED, 10_000);
        ShardReplica again = new ShardReplica(0, config, store.reopened(), listener);
        again.assign(f.assignment(1, 6, 1, 2), f.nowMs);
        again.advanceCommit();
        assertThat(told).hasValue(0);

        f.ask(again, f.fetch(2, 6, 2, 5));
        assertThat(told).hasValue(1);

        f.ask(again, f.fetch(2, 6, 3, 6));
        assertThat(told).as("once").hasValue(1);
    }

    // ---- commit

    @Test
    void entryIsCommittedWhenEveryMemberHasIt() throws Exception {
        lead(5, 1, 2, 3);
        PartitionAppend a = f.write(leader, TestBatches.plain(0, 3, 2));
        int row = leader.find(TestBatches.TOPIC, 0);

        f.ask(leader, f.fetch(2, 5, 2, 5));
        assertThat(leader.commitLsn()).isZero();
        assertThat(leader.highWatermark(row)).isZero();
        f.ask(leader, f.fetch(3, 5, 1, 5));
        assertThat(leader.commitLsn()).isEqualTo(1);
        f.ask(leader, f.fetch(3, 5, 2, 5));

        assertThat(leader.commitLsn()).isEqualTo(a.ackLsn());
        assertThat(leader.highWatermark(row)).isEqualTo(3);
    }

    @Test
    void withGroupFlushTheLeadersOwnPartCountsOnceItIsForced() throws Exception {
        MemoryStore disk = new MemoryStore();
        ShardReplica forcing = ReplicaFixture.replica(1, disk, FlushMode.GROUP);
        forcing.assign(f.assignment(1, 5, 1, 2), f.nowMs);
        f.write(forcing, TestBatches.plain(0, 1, 0));

        f.ask(forcing, f.fetch(2, 5, 2, 5));
        assertThat(forcing.commitLsn()).isZero();
        disk.force();

        assertThat(forcing.advanceCommit()).isTrue();
        assertThat(forcing.commitLsn()).isEqualTo(2);
    }

    @Test
    void proposedMemberCountsBeforeItIsCommitted() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 2, 5));
        Command.AlterShard proposal = leader.proposal(f.nowMs).orElseThrow();

        f.write(leader, TestBatches.plain(0, 1, 0));

        assertThat(proposal.inSync())
                .containsExactly(new Command.InSyncReplica(1, 11), new Command.InSyncReplica(2, 12));
        assertThat(leader.commitLsn()).isEqualTo(2);
        f.ask(leader, f.fetch(2, 5, 3, 5));
        assertThat(leader.commitLsn()).isEqualTo(3);
    }

    @Test
    void removalCountsOnlyOnceTheImageShowsIt() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.nowMs += ReplicaFixture.LAG_MS + 1;
        Command.AlterShard proposal = leader.proposal(f.nowMs).orElseThrow();

        leader.onProposalResult(proposal, Errors.NONE, f.nowMs);
        leader.advanceCommit();
        assertThat(leader.commitLsn()).isZero();
        lead(5, 1);

        assertThat(proposal.inSync()).containsExactly(new Command.InSyncReplica(1, 11));
        assertThat(leader.commitLsn()).isEqualTo(2);
    }

    @Test
    void commitNeverGoesBack() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));

        lead(5, 1, 2, 3);

        assertThat(leader.commitLsn()).isEqualTo(2);
        assertThat(leader.highWatermark(leader.find(TestBatches.TOPIC, 0))).isEqualTo(1);
    }

    @Test
    void batchesAppendedWhileAloneAndWhileNotKeepTheHighWatermarkRight() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 2, 0));
        leader.assign(f.assignment(1, 5, 1), f.nowMs);
        f.write(leader, TestBatches.plain(0, 2, 0));
        int row = leader.find(TestBatches.TOPIC, 0);

        assertThat(leader.commitLsn()).isEqualTo(3);
        assertThat(leader.highWatermark(row)).isEqualTo(4);
        f.write(leader, TestBatches.plain(0, 2, 0));
        assertThat(leader.highWatermark(row)).isEqualTo(6);
    }

    // ---- acknowledgements

    @Test
    void tooFewInSyncReplicasRefuseBeforeTheAppendAndAfter() throws Exception {
        lead(5, 1, 2);
        PartitionAppend before = f.write(leader, TestBatches.plain(0, 1, 3));
        PartitionAppend after = f.write(leader, TestBatches.plain(0, 1, 2));
        lead(5, 1);
        leader.complete(after);

        assertThat(before.error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(after.error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    }

    @Test
    void duplicateWaitsUntilItsOriginalIsCommitted() throws Exception {
        lead(5, 1, 2);
        PartitionAppend original = f.write(leader, TestBatches.sequenced(0, 0, 3, 2));
        PartitionAppend duplicate = f.write(leader, TestBatches.sequenced(0, 0, 3, 2));

        assertThat(duplicate.baseOffset()).isEqualTo(original.baseOffset());
        assertThat(duplicate.ackLsn()).isGreaterThan(leader.commitLsn()).isGreaterThanOrEqualTo(original.ackLsn());
        assertThat(store.nextLsn()).isEqualTo(2);
    }

    @Test
    void batchAfterARefusedFirstOneWaitsForItToComeAgain() throws Exception {
        lead(5, 1);
        PartitionAppend refused = f.write(leader, TestBatches.sequenced(0, 0, 3, 2));
        PartitionAppend tooEarly = f.write(leader, TestBatches.sequenced(0, 3, 3, 1));
        PartitionAppend again = f.write(leader, TestBatches.sequenced(0, 0, 3, 1));
        PartitionAppend next = f.write(leader, TestBatches.sequenced(0, 3, 3, 1));

        assertThat(refused.error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(tooEarly.error()).isEqualTo(Errors.UNKNOWN_PRODUCER_ID);
        assertThat(tooEarly.logStartOffset())
                .as("clients retry for ever without it")
                .isZero();
        assertThat(again.error()).isEqualTo(Errors.NONE);
        assertThat(again.baseOffset()).isZero();
        assertThat(next.baseOffset()).isEqualTo(3);
    }

    @Test
    void losingLeadershipFailsWhatIsStaged() throws Exception {
        lead(5, 1, 2);
        PartitionAppend append = TestBatches.plain(0, 1, 0);
        leader.stage(append);

        leader.assign(f.assignment(2, 6, 1, 2), f.nowMs);

        assertThat(append.error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(leader.hasStaged()).isFalse();
        assertThat(store.nextLsn()).isZero();
    }

    @Test
    void olderImageChangesNothing() throws Exception {
        ShardAssignment old = f.assignment(2, 5, 1, 2);
        lead(6, 1, 2);

        leader.assign(old, f.nowMs);

        assertThat(leader.leads()).isTrue();
        assertThat(leader.leaderEpoch()).isEqualTo(6);
    }

    // ---- entries that change what exists

    @Test
    void logStartMovesForReadersWhenItIsCommitted() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 5, 0));
        f.ask(leader, f.fetch(2, 5, 2, 5));
        leader.appendLogStart(TestBatches.TOPIC, 0, 3, f.nowMs);
        leader.advanceCommit();
        int row = leader.find(TestBatches.TOPIC, 0);

        assertThat(leader.logStartOffset(row)).isZero();
        f.ask(leader, f.fetch(2, 5, 3, 5));

        assertThat(leader.logStartOffset(row)).isEqualTo(3);
    }

    @Test
    void nothingIsAppendedBehindADeletionThatIsNotCommitted() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 5, 0));
        leader.appendTopicDeleted(TestBatches.TOPIC, f.nowMs);

        PartitionAppend late = f.write(leader, TestBatches.plain(0, 1, 0));

        assertThat(late.error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(leader.isDying(TestBatches.TOPIC)).isTrue();
        f.ask(leader, f.fetch(2, 5, 3, 5));
        assertThat(leader.isDying(TestBatches.TOPIC)).isFalse();
    }

    // ---- fetches

    @ParameterizedTest(name = "broker {0} incarnation {1} leader epoch {2}: {3}")
    @CsvSource({
        "2, 12, 5, NONE",
        "2, 11, 5, STALE_BROKER_EPOCH",
        "2, 99, 5, NONE",
        "2, 12, 4, FENCED_LEADER_EPOCH",
        "2, 12, 6, UNKNOWN_LEADER_EPOCH",
        "4, 12, 5, NOT_LEADER_OR_FOLLOWER",
    })
    void refusesWhoMustNotFollow(int broker, long incarnation, int leaderEpoch, Errors expected) throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 1, 0));

        ReplicaAnswer answer = f.ask(leader, new ReplicaFetch(0, broker, incarnation, leaderEpoch, 0, -1, 0, 1));

        assertThat(answer.error()).isEqualTo(expected);
        assertThat(answer.leaderId()).isEqualTo(1);
        assertThat(answer.leaderEpoch()).isEqualTo(5);
    }

    @Test
    void newerIncarnationThanTheImageShowsEndsWhatTheDeadOneHad() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 1, 5));
        f.ask(leader, new ReplicaFetch(0, 2, 99, 5, 0, -1, 0, 1));

        ReplicaAnswer dead = f.ask(leader, f.fetch(2, 5, 2, 5));

        assertThat(dead.error()).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(leader.commitLsn()).isEqualTo(1);
    }

    /** The leader's log: epoch 2 from 0, 4 from 3, 7 from 5, its end at 8. */
    @ParameterizedTest(name = "at {0} after epoch {1}: diverges {2}, epoch {3} ends at {4}")
    @CsvSource({
        "8, 7, false, -1, -1",
        "6, 7, false, -1, -1",
        "5, 4, false, -1, -1",
        "3, 2, false, -1, -1",
        "0, -1, false, -1, -1",
        "9, 7, true, 7, 8",
        "6, 4, true, 4, 5",
        "4, 2, true, 2, 3",
        "6, 5, true, 4, 5",
        "4, 3, true, 2, 3",
        "2, 1, true, -1, 0",
    })
    void divergenceIsDecidedFromTheEpochTable(long fetchLsn, int lastEpoch, boolean diverges, int epoch, long endLsn)
            throws Exception {
        for (int[] era : new int[][] {{2, 2}, {4, 1}, {7, 2}}) {
            lead(era[0], 1);
            for (int i = 0; i < era[1]; i++) {
                f.write(leader, TestBatches.plain(0, 1, 0));
            }
        }
        assertThat(store.nextLsn()).isEqualTo(8);

        ReplicaAnswer answer = f.ask(leader, f.fetch(2, 7, fetchLsn, lastEpoch));

        assertThat(answer.error()).isEqualTo(Errors.NONE);
        assertThat(answer.divergence().isPresent()).isEqualTo(diverges);
        answer.divergence().ifPresent(d -> {
            assertThat(d.leaderEpoch()).isEqualTo(epoch);
            assertThat(d.endLsn()).isEqualTo(endLsn);
        });
    }

    @Test
    void divergingFollowerCountsForNothing() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 1, 0));

        f.ask(leader, f.fetch(2, 5, 2, 4));

        assertThat(leader.commitLsn()).isZero();
    }

    @Test
    void followerMayReadAheadOnlyOfALogThatWasCompared() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 1, 0));
        ReplicaFetch ahead = new ReplicaFetch(0, 2, 12, 5, 2, ReplicaFetch.CONTINUES, 1, 1);

        assertThat(f.ask(leader, ahead).error()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        f.ask(leader, f.fetch(2, 5, 0, -1));

        assertThat(f.ask(leader, ahead).error()).isEqualTo(Errors.NONE);
        assertThat(leader.commitLsn()).isEqualTo(1);
    }

    // ---- the in-sync set

    @Test
    void followerThatCaughtUpJoins() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 1, 5));
        assertThat(leader.proposal(f.nowMs)).isEmpty();

        f.ask(leader, f.fetch(2, 5, 2, 5));

        assertThat(leader.proposal(f.nowMs)).isPresent();
        assertThat(leader.proposal(f.nowMs)).as("one in flight").isEmpty();
    }

    @Test
    void followerWithoutTheStartOfThisEpochDoesNotJoin() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        lead(6, 1, 3);

        f.ask(leader, f.fetch(2, 6, 2, 5));

        assertThat(leader.proposal(f.nowMs)).isEmpty();
    }

    @Test
    void deadOrFencedIncarnationIsNotProposed() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 2, 5));
        f.ask(leader, f.fetch(3, 5, 2, 5));
        f.brokerEpochs[2] = 22;
        f.fenced[3] = true;
        lead(5, 1);

        assertThat(leader.proposal(f.nowMs)).isEmpty();
    }

    @Test
    void followerLeavesWhenItLagsTooLongAndNotForAnIdleShard() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 2, 5));
        f.nowMs += 10 * ReplicaFixture.LAG_MS;
        leader.tick(f.nowMs);
        assertThat(leader.proposal(f.nowMs)).as("idle").isEmpty();

        f.write(leader, TestBatches.plain(0, 1, 0));
        f.nowMs += ReplicaFixture.LAG_MS;
        leader.tick(f.nowMs);
        assertThat(leader.proposal(f.nowMs)).as("not yet").isEmpty();
        f.nowMs += 1;

        assertThat(leader.proposal(f.nowMs).map(Command.AlterShard::inSync))
                .contains(List.of(new Command.InSyncReplica(1, 11)));
    }

    @Test
    void followerThatKeepsUpWithAGrowingLogStays() throws Exception {
        lead(5, 1, 2);
        f.write(leader, TestBatches.plain(0, 1, 0));
        for (int i = 0; i < 30; i++) {
            long end = store.nextLsn();
            f.write(leader, TestBatches.plain(0, 1, 0));
            f.nowMs += ReplicaFixture.LAG_MS / 2;
            f.ask(leader, f.fetch(2, 5, end, 5)); // always one entry behind
            leader.tick(f.nowMs);

            assertThat(leader.proposal(f.nowMs)).isEmpty();
        }
    }

    @Test
    void refusedProposalIsTriedAgainAfterAWhile() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 2, 5));
        Command.AlterShard proposal = leader.proposal(f.nowMs).orElseThrow();

        leader.onProposalResult(proposal, Errors.INELIGIBLE_REPLICA, f.nowMs);
        f.write(leader, TestBatches.plain(0, 1, 0));

        assertThat(leader.commitLsn()).as("who was refused counts no more").isEqualTo(3);
        assertThat(leader.proposal(f.nowMs)).isEmpty();
        f.ask(leader, f.fetch(2, 5, 3, 5));
        assertThat(leader.proposal(f.nowMs + 1000)).isPresent();
    }

    @Test
    void staleVersionIsTriedAgainWhenTheImageHasCaughtUp() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 2, 5));
        Command.AlterShard proposal = leader.proposal(f.nowMs).orElseThrow();

        leader.onProposalResult(proposal, Errors.INVALID_UPDATE_VERSION, f.nowMs);
        assertThat(leader.proposal(f.nowMs + 1000)).isEmpty();
        lead(5, 1);

        Optional<Command.AlterShard> again = leader.proposal(f.nowMs + 1000);
        assertThat(again).isPresent();
        assertThat(again.get().version()).isGreaterThan(proposal.version());
    }

    @Test
    void proposalWhoseReplyIsLostCountsUntilTheVersionMovesOn() throws Exception {
        lead(5, 1);
        f.write(leader, TestBatches.plain(0, 1, 0));
        f.ask(leader, f.fetch(2, 5, 2, 5));
        Command.AlterShard lost = leader.proposal(f.nowMs).orElseThrow();
        leader.onProposalResult(lost, Errors.REQUEST_TIMED_OUT, f.nowMs);
        f.fenced[2] = true;
        leader.assign(f.assignmentAt(lost.version(), 1, 5, 1), f.nowMs);
        f.write(leader, TestBatches.plain(0, 1, 0));
        assertThat(leader.commitLsn()).as("it may be in sync by now").isEqualTo(2);

        // Broker 2 is not wanted any more, yet something must be proposed to be sure.
        Command.AlterShard again = leader.proposal(f.nowMs + 1000).orElseThrow();
        assertThat(again.inSync()).containsExactly(new Command.InSyncReplica(1, 11));
        leader.onProposalResult(again, Errors.INELIGIBLE_REPLICA, f.nowMs + 1000);
        leader.advanceCommit();
        assertThat(leader.commitLsn()).isEqualTo(2);
        lead(5, 1);

        assertThat(leader.commitLsn()).isEqualTo(3);
    }
}
