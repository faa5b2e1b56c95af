package io.braid.broker.replication;

import io.braid.broker.replication.message.Lane;
import io.braid.broker.shard.FollowerPosition;
import io.braid.image.Endpoint;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this broker follows at one leader: the shards in whose in-sync set it is in one lane, the others in another. Its
 * methods may be called on any thread and take effect in their order on the link's event loop, which owns its state.
 */
final class LeaderLink {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderLink.class);

    private final int leaderId;
    private final EventLoop loop;
    private final FetchLane inSync;
    private final FetchLane catchingUp;
    private Optional<Endpoint> endpoint = Optional.empty();
    private long leaderIncarnation = -1;

    LeaderLink(
            int leaderId,
            FetchSettings settings,
            FollowerShards shards,
            Membership membership,
            EventLoop loop,
            Throttle throttle,
            SnapshotCopier copier,
            RandomGenerator random) {
        this.leaderId = leaderId;
        this.loop = loop;
        FetchLane.Host host = (shardId, leaderEpoch) -> copy(copier, shardId, leaderEpoch);
        this.inSync = new FetchLane(leaderId, Lane.IN_SYNC, settings, shards, membership, loop, throttle, host, random);
        this.catchingUp =
                new FetchLane(leaderId, Lane.CATCHING_UP, settings, shards, membership, loop, throttle, host, random);
    }

    /** Follows a shard from now on, in the lane that fits. */
    void follow(int shardId, int leaderEpoch, boolean isInSync) {
        onLoop(() -> {
            (isInSync ? catchingUp : inSync).unfollow(shardId);
            (isInSync ? inSync : catchingUp).follow(shardId, leaderEpoch);
        });
    }

    void unfollow(int shardId) {
        onLoop(() -> {
            inSync.unfollow(shardId);
            catchingUp.unfollow(shardId);
        });
    }

    /** More of a shard is safe here. */
    void acked(FollowerPosition position) {
        onLoop(() -> {
            inSync.acked(position);
            catchingUp.acked(position);
        });
    }

    /**
     * Where the leader is reached by now.
     *
     * @param incarnation its broker epoch
     */
    void connectTo(Optional<Endpoint> place, long incarnation) {
        onLoop(() -> {
            boolean another = incarnation != leaderIncarnation;
            endpoint = place;
            leaderIncarnation = incarnation;
            inSync.connectTo(place, another);
            catchingUp.connectTo(place, another);
        });
    }

    void close() {
        onLoop(() -> {
            inSync.close();
            catchingUp.close();
        });
    }

    private void copy(SnapshotCopier copier, int shardId, int leaderEpoch) {
        copier.copy(
                new SnapshotCopier.Job(
                        leaderId,
                        endpoint,
                        shardId,
                        leaderEpoch,
                        () -> inSync.follows(shardId) || catchingUp.follows(shardId)),
                loop,
                () -> {
                    inSync.locate(shardId);
                    catchingUp.locate(shardId);
                });
    }

    private void onLoop(Runnable action) {
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.trace("the event loop has ended", e);
        }
    }
}
