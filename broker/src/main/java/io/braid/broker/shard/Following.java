package io.braid.broker.shard;

/**
 * Tells the shell of replication whom this broker follows in each shard, as the images change that. Calls of {@link #tell} come in the
 * order of the images, from one thread at a time; {@link #acked} from shard threads.
 */
final class Following {
    private final int brokerId;
    private volatile FollowListener listener = new NobodyFollows();

    Following(int brokerId) {
        this.brokerId = brokerId;
    }

    void listener(FollowListener newListener) {
        listener = newListener;
    }

    /** More of a log has become as safe as the {@code flush} setting wants. */
    void acked(FollowerPosition position) {
        listener.acked(position);
    }

    /**
     * Tells of a shard whose assignment has changed, if that concerns whom it follows.
     *
     * @param before null if this broker had nothing to do with it
     */
    void tell(ShardAssignment before, ShardAssignment now) {
        boolean followed = before != null && before.followedBy(brokerId);
        boolean follows = now.followedBy(brokerId);
        if (follows) {
            boolean inSync = now.inSync().contains(brokerId);
            boolean same = followed
                    && before.leader() == now.leader()
                    && before.leaderEpoch() == now.leaderEpoch()
                    && before.inSync().contains(brokerId) == inSync;
            if (!same) {
                listener.follow(now.shardId(), now.leader(), now.leaderEpoch(), inSync);
            }
        } else if (followed) {
            listener.unfollow(now.shardId());
        }
    }

    /** For a broker that has no followers' shell. */
    private static final class NobodyFollows implements FollowListener {
        @Override
        public void follow(int shardId, int leaderId, int leaderEpoch, boolean inSync) {}

        @Override
        public void unfollow(int shardId) {}
    }
}
