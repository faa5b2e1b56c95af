package io.braid.broker.shard;

/** A follower's session that waits for news of a shard. */
@FunctionalInterface
public interface ReplicaInterest {
    /**
     * There is news since the answer with which the interest was registered: entries, or another leader. Called once for each
     * registration, on the shard thread; must not block.
     */
    void onNews(int shardId);

    /**
     * More is committed, and nothing else is new; the interest stays registered. On the shard thread; must not block.
     *
     * @param commitLsn every entry below is committed
     */
    default void onCommit(int shardId, long commitLsn) {
        onNews(shardId);
    }
}
