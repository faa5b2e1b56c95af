package io.braid.controller;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.PoolChanged;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** Decides what becomes of a pool of shards as a whole. */
final class PoolDecisions {
    private PoolDecisions() {}

    static Decision alter(Command.AlterPool command, ClusterImage image) {
        Optional<PoolImage> found = image.pool(command.poolId());
        if (found.isEmpty()) {
            return refused(Errors.INVALID_REQUEST, "there is no pool " + command.poolId());
        }
        PoolImage pool = found.get();
        int factor = command.replicationFactor() == 0 ? pool.replicationFactor() : command.replicationFactor();
        List<BrokerImage> running =
                image.brokers().stream().filter(BrokerImage::takesReplicas).toList();
        if (factor < pool.replicationFactor()) {
            return refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "pool " + pool.id() + " has replication factor " + pool.replicationFactor()
                            + ", which can only grow");
        }
        if (factor > pool.replicationFactor() && factor > running.size()) {
            return refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "replication factor " + factor + " needs as many brokers; " + running.size()
                            + " are running and not cordoned");
        }
        boolean unclean = command.uncleanElection().orElse(pool.uncleanElection());
        List<MetadataRecord> records = new ArrayList<>();
        if (factor != pool.replicationFactor() || unclean != pool.uncleanElection()) {
            records.add(new PoolChanged(pool.id(), factor, unclean));
        }
        if (factor > pool.replicationFactor()) {
            addReplicas(pool, factor, image, running, records);
        }
        if (unclean && !pool.uncleanElection()) {
            electUncleanly(image.apply(image.version(), records), pool.id(), records);
        }
        return new Decision(records, CommandResult.done(0));
    }

    /** Shards that wait for a leader get one now. */
    private static void electUncleanly(ClusterImage altered, int poolId, List<MetadataRecord> records) {
        Elections elections = Elections.of(altered);
        for (ShardImage shard : altered.shards()) {
            if (shard.poolId() == poolId && shard.leader() == ShardImage.NO_LEADER) {
                Elections.Elected elected = elections.elect(shard, shard.isr());
                if (elected.found()) {
                    records.add(new ShardChanged(shard.with(elected.isr(), elected.leader())));
                }
            }
        }
    }

    /** Each shard takes the brokers that hold the fewest replicas of the pool so far, on other racks if there are any. */
    private static void addReplicas(
            PoolImage pool, int factor, ClusterImage image, List<BrokerImage> running, List<MetadataRecord> records) {
        List<ShardImage> shards = new ArrayList<>();
        Map<Integer, Integer> held = new HashMap<>();
        for (int index = 0; index < pool.shardCount(); index++) {
            ShardImage shard = image.shard(ShardImage.id(pool.id(), index)).orElseThrow();
            shards.add(shard);
            shard.target().forEach(id -> held.merge(id, 1, Integer::sum));
        }
        for (ShardImage shard : shards) {
            List<BrokerImage> candidates = new ArrayList<>(running);
            candidates.sort(Comparator.comparingInt((BrokerImage b) -> held.getOrDefault(b.id(), 0))
                    .thenComparingInt(BrokerImage::id));
            List<Integer> target = ReplicaPlacement.extended(shard.target(), factor, candidates, image.brokers());
            target.subList(shard.target().size(), target.size()).forEach(id -> held.merge(id, 1, Integer::sum));
            records.add(new ShardChanged(
                    image.metadataVersion() < MetadataVersion.SHARD_MOVES
                            ? shard.withReplicas(target)
                            : MoveDecisions.towards(shard, target)));
        }
    }

    private static Decision refused(Errors error, String message) {
        return Decision.refused(CommandResult.failed(error, message));
    }
}
