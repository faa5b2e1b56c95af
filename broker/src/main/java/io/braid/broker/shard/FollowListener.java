package io.braid.broker.shard;

/**
 * Told whom to follow. Called by the thread that applies images, in their order, unless a method says otherwise; must not block. What is submitted to
 * {@link Shards} or {@link ShardReplication} from within a call runs after the shard has taken the change in.
 */
public interface FollowListener {
    /**
     * This broker follows the shard's leader from now on, in place of whom it followed before. Also told when nothing
     * changed but the leader epoch, or whether it is in sync.
     *
     * @param inSync whether this broker is in the in-sync set
     */
    void follow(int shardId, int leaderId, int leaderEpoch, boolean inSync);

    /**
     * More of the log has become as safe as the {@code flush} setting wants since the last position was given out, without an
     * answer having been applied. Called on the shard thread; must not block.
     */
    default void acked(FollowerPosition position) {}

    /** This broker follows nobody in this shard: it leads it, is no replica of it, or nobody leads it. */
    void unfollow(int shardId);
}
