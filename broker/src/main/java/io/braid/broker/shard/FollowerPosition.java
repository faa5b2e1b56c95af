package io.braid.broker.shard;

import org.apache.kafka.common.protocol.Errors;

/**
 * Where a follower goes on, to be put into its next {@link ReplicaFetch}. Immutable.
 *
 * @param error NONE; UNKNOWN_SERVER_ERROR: entries were damaged, or there was no room for them: ask again from here after a
 *     while; OFFSET_OUT_OF_RANGE: the log has a hole, or the leader
 *     lacks what was committed here: copy a snapshot; NOT_LEADER_OR_FOLLOWER: this broker does not follow the
 *     shard, or KAFKA_STORAGE_ERROR: its log is offline: do not ask any more until told to follow again
 * @param leaderId who is followed, -1 when nobody leads or nobody is followed
 * @param leaderEpoch under which, -1 when nobody is followed
 * @param fetchLsn the end of its log
 * @param lastEpoch of its last entry, -1 when its log is empty
 * @param ackLsn every entry below is as safe as the {@code flush} setting wants
 */
public record FollowerPosition(
        int shardId, Errors error, int leaderId, int leaderEpoch, long fetchLsn, int lastEpoch, long ackLsn) {
    static FollowerPosition failed(int shardId, Errors error) {
        return new FollowerPosition(shardId, error, -1, -1, 0, -1, 0);
    }

    FollowerPosition failed(Errors why) {
        return new FollowerPosition(shardId, why, leaderId, leaderEpoch, fetchLsn, lastEpoch, ackLsn);
    }

    public boolean follows() {
        return error == Errors.NONE && leaderId >= 0;
    }

    /** The fetch that asks from here on. */
    public ReplicaFetch fetch(int brokerId, long brokerEpoch, int maxBytes) {
        return new ReplicaFetch(shardId, brokerId, brokerEpoch, leaderEpoch, fetchLsn, lastEpoch, ackLsn, maxBytes);
    }
}
