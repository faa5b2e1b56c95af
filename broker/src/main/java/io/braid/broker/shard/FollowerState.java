package io.braid.broker.shard;

import io.braid.log.table.EpochEndLsn;
import io.braid.log.table.EpochTable;

/**
 * One leader's epoch as a follower sees it. Owned by the shard thread.
 *
 * <p>The log is unmatched until the leader has gone along with its end. Until then it may be truncated; from then on, in this
 * epoch, never: what it gains comes from this leader, and a divergence that still arrives is a belated one.
 */
final class FollowerState {
    private final int leaderId;
    private final int leaderEpoch;
    private boolean matched;
    private boolean beyondRepair;

    FollowerState(int leaderId, int leaderEpoch) {
        this.leaderId = leaderId;
        this.leaderEpoch = leaderEpoch;
    }

    int leaderId() {
        return leaderId;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    boolean follows(ShardAssignment assignment) {
        return leaderId == assignment.leader() && leaderEpoch == assignment.leaderEpoch();
    }

    boolean matched() {
        return matched;
    }

    void onMatched() {
        matched = true;
    }

    /** The leader lacks entries that are committed here: nothing of its answers fits. */
    void onBeyondRepair() {
        beyondRepair = true;
    }

    boolean beyondRepair() {
        return beyondRepair;
    }

    /** Where to cut the log on the leader's word (KIP-595): the end of the last epoch that both can have in common. */
    static long truncationPoint(EpochEndLsn leaders, EpochTable own, long nextLsn) {
        return Math.min(
                leaders.endLsn(), own.endOf(leaders.leaderEpoch(), nextLsn).endLsn());
    }
}
