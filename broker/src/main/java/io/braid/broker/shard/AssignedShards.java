package io.braid.broker.shard;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.log.SnapshotInstall;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the cluster image says of this broker's shards, brought to where their logs are: it has logs opened, gives roles to hosts, drops
 * shards that have left, and puts copies in the place of logs.
 *
 * <p>Images are applied by one thread at a time; a log may be replaced by another thread meanwhile. What is asked may be asked by
 * any thread.
 */
final class AssignedShards {
    private static final Logger LOG = LoggerFactory.getLogger(AssignedShards.class);

    private final int brokerId;
    private final LogDirectories directories;
    private final OpenShards shards;
    private final Following following;
    private final OfflineShards offline;
    private final Object opening = new Object(); // held while a log is replaced, or opened for an image
    // Shard id -> leader epoch under which the host takes writes; absent when it does not.
    private final Map<Integer, Integer> leading = new ConcurrentHashMap<>();
    /** What the last image said of the shards that this broker has to do with. */
    private final Map<Integer, ShardAssignment> assignments = new ConcurrentHashMap<>();

    AssignedShards(
            int brokerId, LogDirectories directories, OpenShards shards, Following following, OfflineShards offline) {
        this.brokerId = brokerId;
        this.directories = directories;
        this.shards = shards;
        this.following = following;
        this.offline = offline;
    }

    /** Empty while no image has named this broker as the shard's leader or a replica. Any thread. */
    Optional<ShardAssignment> assignment(int shardId) {
        return Optional.ofNullable(assignments.get(shardId));
    }

    /** True when this broker takes writes for the shard in that leader epoch. Any thread. */
    boolean acceptsWrites(int shardId, int leaderEpoch) {
        Integer epoch = leading.get(shardId);
        return epoch != null && epoch == leaderEpoch;
    }

    /** Takes no more writes: the broker ends. */
    void stopWrites() {
        leading.clear();
    }

    // ---- images

    /** Follows a new cluster image. One caller at a time; opening a log may block it. */
    void apply(ClusterImage image) {
        for (ShardImage shard : image.shards()) {
            boolean mine = shard.replicas().contains(brokerId) || shard.leader() == brokerId;
            if (mine || assignments.containsKey(shard.id())) {
                ShardAssignment now = ShardAssignment.of(image, shard);
                ShardAssignment before = assignments.put(shard.id(), now);
                if (before == null || !before.sameAs(now)) {
                    assign(image, before, now);
                }
            }
            if (!mine && (assignments.containsKey(shard.id()) || shards.contains(shard.id()))) {
                drop(shard);
            }
        }
    }

    /** The shard has left this broker, perhaps while it was away: what is here of it is of no use to anybody. */
    private void drop(ShardImage shard) {
        int id = shard.id();
        synchronized (opening) {
            assignments.remove(id);
            leading.remove(id);
            try {
                shards.retire(id);
                directories.drop(id);
                LOG.info("event=shard_dropped shard={} replicas={} version={}", id, shard.replicas(), shard.version());
            } catch (IOException | RuntimeException e) {
                // Nobody reads what is left; the next start tries again.
                LOG.warn("event=shard_drop_failed shard={}", id, e);
            }
        }
    }

    private void assign(ClusterImage image, ShardAssignment before, ShardAssignment now) {
        int id = now.shardId();
        boolean leads = now.leader() == brokerId;
        if (!leads || !Integer.valueOf(now.leaderEpoch()).equals(leading.get(id))) {
            leading.remove(id);
        }
        ShardHost host;
        try {
            synchronized (opening) {
                host = shards.open(id);
            }
        } catch (LogDirectoryOfflineException e) {
            if (before == null) {
                LOG.error("event=shard_offline shard={} reason=\"{}\"", id, e.getMessage());
            }
            offline.onImage(now);
            return;
        } catch (IOException e) {
            LOG.error("event=shard_open_failed shard={}", id, e);
            assignments.remove(id); // the next image tries again
            return;
        }
        assignHost(host, now);
        if (leads && (before == null || before.leaderEpoch() != now.leaderEpoch())) {
            // An image that knows of the election knows of every deletion before it.
            host.thread().submitSurely(nowMs -> host.deletions().deleteTopicsMissingIn(image, nowMs));
        }
        following.tell(before, now);
    }

    private void assignHost(ShardHost host, ShardAssignment now) {
        host.thread().submitSurely(nowMs -> {
            host.assign(now, nowMs);
            if (host.leaderEpoch() == now.leaderEpoch()) {
                leading.put(host.shardId(), now.leaderEpoch());
            }
        });
    }

    // ---- copies of logs

    /** See {@link ShardReplication#finishInstall}. */
    void replaceLog(int shardId, SnapshotInstall install) throws IOException {
        synchronized (opening) {
            ShardAssignment wanted = assignments.get(shardId);
            if (wanted == null || wanted.replica(brokerId).isEmpty()) {
                throw new IOException("shard " + shardId + " has left this broker");
            }
            leading.remove(shardId);
            shards.retire(shardId);
            try {
                install.finish();
            } finally {
                ShardHost opened = shards.open(shardId);
                ShardAssignment assignment = assignments.get(shardId);
                if (assignment != null) {
                    assignHost(opened, assignment);
                }
            }
        }
    }
}
