package io.braid.broker.replication;

import io.braid.broker.replication.message.ReplicaFetchRequest.Position;
import io.braid.broker.shard.FollowerPosition;

/** One shard in a {@link FetchLane}. Owned by the lane. */
final class FollowedShard {
    /** What the lane does about a shard. */
    enum State {
        /** Its place in the log is being asked for. */
        LOCATING,
        /** Its leader knows the place, or is about to be told. */
        FETCHING,
        /** Its leader refused it, or it has to be copied; it is located again after a while, or when the copy is there. */
        WAITING
    }

    final int shardId;
    final int leaderEpoch;
    State state = State.LOCATING;
    int attempt;
    long fetchLsn;
    int lastEpoch;
    long ackLsn;

    /** The leader is to be told. */
    boolean dirty;

    FollowedShard(int shardId, int leaderEpoch) {
        this.shardId = shardId;
        this.leaderEpoch = leaderEpoch;
    }

    /** Begins anew from a place: answers to earlier attempts count no more. */
    void startFrom(FollowerPosition position, int newAttempt) {
        state = State.FETCHING;
        attempt = newAttempt;
        fetchLsn = position.fetchLsn();
        lastEpoch = position.lastEpoch();
        ackLsn = position.ackLsn();
    }

    Position position() {
        return new Position(shardId, attempt, leaderEpoch, fetchLsn, lastEpoch, ackLsn);
    }
}
