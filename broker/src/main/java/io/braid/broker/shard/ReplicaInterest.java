package io.braid.broker.shard;

/** A follower's session that waits for entries of a shard, while it waits. */
@FunctionalInterface
public interface ReplicaInterest {
    /**
     * More is committed, and there are no new entries. On the shard thread; must not block.
     *
     * @param leaderEpoch in which it is
     * @param commitLsn every entry below is committed
     */
    void onCommit(int shardId, int leaderEpoch, long commitLsn);
}
