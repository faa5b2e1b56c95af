package io.braid.broker.shard;

import io.braid.log.FlushMode;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Replicas of shard 0 on brokers 1, 2 and 3, with incarnations 11, 12 and 13 unless told otherwise. */
final class ReplicaFixture {
    static final long LAG_MS = 10_000;

    long nowMs = 1_000_000;
    int version = 1;
    long[] brokerEpochs = {0, 11, 12, 13};
    boolean[] fenced = new boolean[4];

    ReplicaFixture() {}

    ShardAssignment assignment(int leader, int epoch, Integer... inSync) {
        return assignmentAt(version++, leader, epoch, inSync);
    }

    ShardAssignment assignmentAt(int atVersion, int leader, int epoch, Integer... inSync) {
        List<ShardAssignment.Replica> replicas = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            replicas.add(new ShardAssignment.Replica(id, brokerEpochs[id], !fenced[id]));
        }
        return new ShardAssignment(0, leader, epoch, atVersion, replicas, List.of(inSync), atVersion);
    }

    static ShardReplica replica(int brokerId, MemoryStore store) {
        return replica(brokerId, store, FlushMode.REPLICATED);
    }

    static ShardReplica replica(int brokerId, MemoryStore store, FlushMode flush) {
        return new ShardReplica(0, new ReplicaConfig(brokerId, flush, LAG_MS), store, CommitListener.NONE);
    }

    PartitionAppend write(ShardReplica leader, PartitionAppend append) throws Exception {
        leader.stage(append);
        if (leader.hasStaged()) {
            leader.appendStaged(nowMs);
            leader.forgetStaged();
        }
        leader.advanceCommit();
        return append;
    }

    /** What a follower with everything up to {@code lsn}, the last entry of {@code lastEpoch}, asks. */
    ReplicaFetch fetch(int brokerId, int leaderEpoch, long lsn, int lastEpoch) {
        return new ReplicaFetch(0, brokerId, brokerEpochs[brokerId], leaderEpoch, lsn, lastEpoch, lsn, 1 << 20);
    }

    ReplicaAnswer ask(ShardReplica leader, ReplicaFetch fetch) {
        leader.onFetch(fetch, nowMs);
        leader.advanceCommit();
        return leader.answer(fetch);
    }

    /** One round of a follower; returns the leader's answer. */
    ReplicaAnswer follow(ShardReplica leader, MemoryStore leaderStore, ShardReplica follower, int brokerId)
            throws Exception {
        FollowerPosition position = follower.position();
        ReplicaFetch fetch = position.fetch(brokerId, brokerEpochs[brokerId], 1 << 20);
        ReplicaAnswer answer = ask(leader, fetch);
        if (leader.hasEntriesFor(fetch, answer)) {
            answer = answer.with(leaderStore.read(fetch.fetchLsn(), 1000));
        }
        follower.apply(answer, nowMs);
        return answer;
    }

    static Errors refusal(ReplicaAnswer answer) {
        return answer.error();
    }
}
