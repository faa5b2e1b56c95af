package io.braid.simulation.scale;

import io.braid.controller.Command;
import io.braid.controller.Command.InSyncReplica;
import io.braid.controller.LeaderBalance;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.List;

/** What brokers, controllers and administrators ask the metadata for, as the shipped ones would. Mutable as its metadata. */
final class Operations {
    private final Metadata metadata;
    private final ClusterSize size;
    private int incarnations = 1;

    Operations(Metadata metadata, ClusterSize size) {
        this.metadata = metadata;
        this.size = size;
    }

    ClusterSize size() {
        return size;
    }

    /** The broker is not heard of any more, or leaves in order: the same command. */
    void fence(int broker) {
        metadata.apply(new Command.FenceBroker(broker, epoch(broker)));
    }

    /**
     * A fenced broker runs again, and catches up in every shard, each of which its leader reports by a command; then the
     * leaders are balanced.
     */
    void comeBack(int broker, boolean stoppedInOrder) {
        long clean = stoppedInOrder ? epoch(broker) : -1;
        metadata.apply(SizedCluster.registration(broker, size, ++incarnations, clean));
        metadata.apply(new Command.UnfenceBroker(broker, epoch(broker)));
        for (ShardImage shard : metadata.image().shards()) {
            if (shard.replicas().contains(broker) && !shard.isr().contains(broker)) {
                letIn(broker, shard);
            }
        }
        LeaderBalance.due(metadata.image()).ifPresent(metadata::apply);
    }

    private void letIn(int broker, ShardImage shard) {
        List<InSyncReplica> members = new ArrayList<>();
        shard.isr().forEach(id -> members.add(new InSyncReplica(id, epoch(id))));
        members.add(new InSyncReplica(broker, epoch(broker)));
        metadata.apply(new Command.AlterShard(
                shard.leader(), epoch(shard.leader()), shard.id(), shard.leaderEpoch(), shard.version(), members));
    }

    void create(String family, int topics, int partitions) {
        metadata.apply(SizedCluster.creation(size, family, 0, topics, partitions));
    }

    private long epoch(int broker) {
        ClusterImage image = metadata.image();
        return image.broker(broker).orElseThrow().epoch();
    }
}
