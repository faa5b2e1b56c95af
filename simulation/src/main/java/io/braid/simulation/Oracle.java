package io.braid.simulation;

import io.braid.controller.MetadataState;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.ShardImage;
import io.braid.log.FlushMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sees everything at once, as nobody in the cluster can, and stops the run when a promise is broken. */
final class Oracle {
    private final Cluster cluster;
    /** By Raft index, from 1. */
    private final List<ClusterImage> images = new ArrayList<>();

    private final Map<Long, ClusterImage> imageOfVersion = new HashMap<>();
    /** By broker's process and shard: the newest leader epoch it told a client. */
    private final Map<Long, Integer> announced = new HashMap<>();

    private final Map<Integer, ShardOracle> shards = new TreeMap<>();

    Oracle(Cluster cluster) {
        this.cluster = cluster;
        images.add(ClusterImage.EMPTY);
        imageOfVersion.put(ClusterImage.EMPTY.version(), ClusterImage.EMPTY);
    }

    /** The newest image that any controller has. */
    ClusterImage newestImage() {
        return images.get(images.size() - 1);
    }

    ShardOracle shard(int shardId) {
        return shards.computeIfAbsent(shardId, id -> new ShardOracle(cluster, id));
    }

    @SuppressWarnings("AnnotateFormatMethod")
    static Violation broken(String invariant, String format, Object... arguments) {
        return new Violation(invariant, String.format(format, arguments));
    }

    // ---- metadata

    /** A controller applied an entry. */
    void onApplied(SimController controller, int index, MetadataState.Applied applied) {
        ClusterImage image = applied.state().image();
        if (index == images.size()) {
            ClusterImage before = newestImage();
            for (MetadataRecord record : applied.records()) {
                if (record instanceof MetadataRecord.ShardChanged changed) {
                    checkShard(changed.shard(), before, image);
                }
            }
            images.add(image);
            imageOfVersion.put(image.version(), image);
            for (MetadataRecord record : applied.records()) {
                if (record instanceof MetadataRecord.ShardChanged changed) {
                    shard(changed.shard().id()).checkInSync(image);
                }
            }
            cluster.timeline.mix(image.version());
            if (cluster.trace.on()) {
                applied.records().forEach(record -> cluster.trace.log("metadata %d %s", image.version(), record));
            }
        } else if (!image.equals(images.get(index))) {
            throw broken("images converge", "controller %d has another image at index %d", controller.id(), index);
        }
    }

    private void checkShard(ShardImage shard, ClusterImage before, ClusterImage after) {
        if (!shard.replicas().containsAll(shard.isr())
                || new HashSet<>(shard.isr()).size() < shard.isr().size()) {
            throw broken("in-sync sets are legal", "not of replicas: %s", shard);
        }
        if (shard.leader() != ShardImage.NO_LEADER
                && (!shard.isr().contains(shard.leader()) || fenced(after, shard.leader()))) {
            throw broken("in-sync sets are legal", "the leader is fenced or not in sync: %s", shard);
        }
        checkMove(shard, before, after);
        before.shard(shard.id()).ifPresent(old -> {
            boolean epochGrows = shard.leaderEpoch() > old.leaderEpoch();
            if (shard.leaderEpoch() < old.leaderEpoch() || (shard.leader() != old.leader() && !epochGrows)) {
                throw broken("at most one leader an epoch", "%s after %s", shard, old);
            }
            if (shard.version() <= old.version()) {
                throw broken("in-sync sets are legal", "the version does not grow: %s after %s", shard, old);
            }
            boolean outside = shard.leader() != ShardImage.NO_LEADER
                    && shard.leader() != old.leader()
                    && !old.isr().contains(shard.leader())
                    && !tookOver(old, shard);
            if (outside && shard(shard.id()).lossAccepted()) {
                shard(shard.id()).onUncleanLeader(shard.leader());
            } else if (outside) {
                throw broken("elections are clean", "%s after %s", shard, old);
            }
        });
    }

    /** Whether a move ended with the lead at a replica that its leader has just reported in sync. */
    private static boolean tookOver(ShardImage old, ShardImage shard) {
        return old.leader() != ShardImage.NO_LEADER
                && old.removing().contains(old.leader())
                && !shard.replicas().contains(old.leader())
                && shard.isr().contains(shard.leader());
    }

    /** A move takes a replica out once all that it adds are in sync; what it has added it may take back. */
    private void checkMove(ShardImage shard, ClusterImage before, ClusterImage after) {
        int factor = after.pool(shard.poolId()).orElseThrow().replicationFactor();
        boolean legal = shard.replicas().containsAll(shard.adding())
                && shard.replicas().containsAll(shard.removing())
                && Collections.disjoint(shard.adding(), shard.removing())
                && new HashSet<>(shard.target()).size() == factor;
        if (!legal) {
            throw broken("moves leave no fewer replicas", "replication factor %d: %s", factor, shard);
        }
        Optional<ShardImage> known = before.shard(shard.id());
        if (known.isEmpty()) {
            return;
        }
        ShardImage old = known.get();
        boolean taken =
                old.settledReplicas().stream().anyMatch(id -> !shard.replicas().contains(id));
        boolean caughtUp = shard.replicas().stream()
                .allMatch(
                        id -> old.settledReplicas().contains(id) || shard.isr().contains(id));
        if (taken && !caughtUp) {
            throw broken("moves leave no fewer replicas", "%s after %s", shard, old);
        }
        if (old.moving() && !shard.moving() && taken) {
            cluster.tally.count("shards moved");
        }
    }

    private static boolean fenced(ClusterImage image, int brokerId) {
        return image.broker(brokerId).map(BrokerImage::fenced).orElse(true);
    }

    /** A broker has a new image. */
    void onImage(SimBroker broker, ClusterImage before, ClusterImage after) {
        if (after.version() < before.version()) {
            throw broken(
                    "metadata is never behind",
                    "broker %d goes back from version %d to %d",
                    broker.id(),
                    before.version(),
                    after.version());
        }
        ClusterImage image = imageOfVersion.get(after.version());
        if (image == null || !image.equals(after)) {
            throw broken("images converge", "broker %d has another image %d", broker.id(), after.version());
        }
    }

    /**
     * Whether a broker's disk must have what the incarnation that the newest image knows has acknowledged: it was not replaced
     * and, where acknowledgements do not wait for the disk, has not lost power.
     */
    boolean intact(int brokerId) {
        BrokerImage broker = newestImage().broker(brokerId).orElseThrow();
        Machine machine = cluster.machine(brokerId);
        return broker.directoryIds().contains(machine.directoryId())
                && (cluster.settings.flush() == FlushMode.GROUP
                        || broker.bootId().equals(machine.bootId()));
    }

    // ---- clients

    /** A broker names a shard's leader beside an error. */
    void onHint(SimBroker broker, ShardImage shard) {
        announced.merge(broker.instance() << 32 | shard.id(), shard.leaderEpoch(), Math::max);
    }

    /** A broker answers a question for metadata. */
    void onMetadata(SimBroker broker, ShardImage shard) {
        int before = announced.getOrDefault(broker.instance() << 32 | shard.id(), -1);
        if (shard.leaderEpoch() < before) {
            throw broken(
                    "metadata is never behind",
                    "broker %d tells epoch %d of shard %d after %d",
                    broker.id(),
                    shard.leaderEpoch(),
                    shard.id(),
                    before);
        }
        onHint(broker, shard);
    }

    void onAcknowledged(int partition, long producer, int sequence, long offset) {
        cluster.timeline.mix(offset);
        shardOf(partition).onAcknowledged(partition, producer, sequence, offset);
    }

    void onRead(int partition, LogEntry batch) {
        shardOf(partition).onRead(batch);
    }

    ShardOracle shardOf(int partition) {
        return shard(newestImage().topic(Cluster.TOPIC).orElseThrow().shardOf(partition));
    }
}
