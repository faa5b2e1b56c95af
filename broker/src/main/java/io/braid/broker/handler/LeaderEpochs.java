package io.braid.broker.handler;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;

/**
 * Leader epochs that a client knows and this broker does not yet. Such a request waits for the image, a bounded time, and is
 * answered with UNKNOWN_LEADER_EPOCH only after that. Stateless.
 */
public final class LeaderEpochs {
    /** Longest wait for an image that a request is ahead of, in ms. */
    public static final int MAX_WAIT_MS = 1000;

    private LeaderEpochs() {}

    /**
     * Whether the client is ahead of the image.
     *
     * @param clientEpoch of the request, -1 when it names none
     */
    public static boolean isAhead(int clientEpoch, ClusterImage image, int shardId) {
        return clientEpoch >= 0
                && clientEpoch
                        > image.shard(shardId).map(ShardImage::leaderEpoch).orElse(-1);
    }
}
