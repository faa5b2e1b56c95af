package io.braid.broker.replication;

import io.braid.broker.replication.message.ReplicationApis;
import io.braid.broker.shard.FollowListener;
import io.braid.broker.shard.FollowerPosition;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All leaders this broker follows. Owned by the thread that applies images, but for {@link #acked}.
 *
 * <p>Each leader has a link with connections and an event loop of its own, so that one that is gone stalls no other.
 */
public final class LeaderLinks implements FollowListener, AutoCloseable {
    private final FetchSettings settings;
    private final FollowerShards shards;
    private final Membership membership;
    private final EventLoopGroup group;
    private final Throttle throttle;
    private final SnapshotCopier copier;
    private final Arrivals arrivals;
    private final int self;
    private final Map<Integer, LeaderLink> links = new ConcurrentHashMap<>();
    private ClusterImage image = ClusterImage.EMPTY;
    private final Map<Integer, Integer> leaders = new ConcurrentHashMap<>(); // shard id -> who is followed

    public LeaderLinks(
            FetchSettings settings,
            FollowerShards shards,
            SnapshotTarget target,
            Membership membership,
            EventLoopGroup group) {
        this.settings = settings;
        this.shards = shards;
        this.membership = membership;
        this.group = group;
        this.self = settings.brokerId();
        this.throttle = new Throttle(settings.copying().bytesPerSecond());
        this.arrivals = new Arrivals(settings.copying().arrivals());
        this.copier = new SnapshotCopier(settings, target, membership, throttle, group);
    }

    /** How fast and how much at a time is copied from now on. */
    public void copy(CopyLimits limits) {
        throttle.rate(limits.bytesPerSecond(), System.nanoTime());
        arrivals.limit(limits.arrivals());
        startArrivals();
    }

    @Override
    public void follow(int shardId, int leaderId, int leaderEpoch, boolean inSync) {
        if (inSync || !arrives(shardId)) {
            arrivals.leave(shardId);
            start(shardId, leaderId, leaderEpoch, inSync);
            startArrivals();
        } else if (arrivals.enter(new Arrivals.Waiting(shardId, leaderId, leaderEpoch))) {
            start(shardId, leaderId, leaderEpoch, false);
        }
    }

    private boolean arrives(int shardId) {
        return image.shard(shardId)
                .filter(shard -> shard.adding().contains(self))
                .isPresent();
    }

    private void startArrivals() {
        arrivals.next().forEach(shard -> start(shard.shardId(), shard.leaderId(), shard.leaderEpoch(), false));
    }

    private void start(int shardId, int leaderId, int leaderEpoch, boolean inSync) {
        Integer before = leaders.put(shardId, leaderId);
        if (before != null && before != leaderId) {
            links.get(before).unfollow(shardId);
        }
        links.computeIfAbsent(leaderId, this::link).follow(shardId, leaderEpoch, inSync);
    }

    @Override
    public void unfollow(int shardId) {
        Integer before = leaders.remove(shardId);
        if (before != null) {
            links.get(before).unfollow(shardId);
        }
        arrivals.leave(shardId);
        startArrivals();
    }

    @Override
    public void acked(FollowerPosition position) {
        Integer leader = leaders.get(position.shardId());
        LeaderLink link = leader == null ? null : links.get(leader);
        if (link != null) {
            link.acked(position);
        }
    }

    /** Takes note of where brokers are, and which shards move; told before the shards are. */
    public void onImage(ClusterImage newest) {
        image = newest;
        links.forEach((leader, link) -> connect(link, image.broker(leader)));
    }

    @Override
    public void close() {
        links.values().forEach(LeaderLink::close);
        copier.close();
    }

    private LeaderLink link(int leaderId) {
        EventLoop loop = group.next();
        LeaderLink made =
                new LeaderLink(leaderId, settings, shards, membership, loop, throttle, copier, new SplittableRandom());
        connect(made, membership.image().broker(leaderId));
        return made;
    }

    private static void connect(LeaderLink link, Optional<BrokerImage> broker) {
        link.connectTo(
                broker.flatMap(b -> b.endpoint(ReplicationApis.LISTENER)),
                broker.map(BrokerImage::epoch).orElse(-1L));
    }
}
