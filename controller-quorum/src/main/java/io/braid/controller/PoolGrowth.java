package io.braid.controller;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.PoolClass;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * How a pool takes in brokers that came after it was made: shards are appended that prefer the new brokers for leaders, as
 * many for each as the others have on average. Placements that are recorded keep their modulus, so nothing moves; later
 * topics, and partitions that are added, are spread over all.
 */
final class PoolGrowth {
    private PoolGrowth() {}

    /**
     * Appends shards for brokers that no shard of the pool prefers, if there are any.
     *
     * @param running all unfenced brokers, by id
     * @param records takes what changes
     * @return the pool as it is then
     */
    static PoolImage grow(PoolImage pool, ClusterImage image, List<BrokerImage> running, List<MetadataRecord> records) {
        BitSet preferred = new BitSet();
        for (ShardImage shard : image.shards()) {
            if (shard.poolId() == pool.id()) {
                preferred.set(shard.replicas().get(0));
            }
        }
        List<Integer> added = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            if (!preferred.get(running.get(i).id())) {
                added.add(i);
            }
        }
        int each = preferred.isEmpty() ? 0 : Math.max(1, pool.shardCount() / preferred.cardinality());
        long count = pool.shardCount() + (long) each * added.size();
        if (pool.poolClass() == PoolClass.DEDICATED
                || running.size() < pool.replicationFactor()
                || count > ShardImage.MAX_PER_POOL) {
            return pool;
        }
        int index = pool.shardCount();
        for (int round = 0; round < each; round++) {
            for (int leader : added) {
                List<Integer> replicas = ReplicaPlacement.replicas(running, pool.replicationFactor(), leader, round);
                records.add(new ShardChanged(newShard(pool.id(), index++, replicas)));
            }
        }
        return new PoolImage(
                pool.id(), pool.poolClass(), pool.replicationFactor(), pool.rackAware(), index, pool.uncleanElection());
    }

    /** A shard without a log yet: all of its replicas are in sync, the first one leads. */
    static ShardImage newShard(int poolId, int index, List<Integer> replicas) {
        int leader = replicas.get(0);
        return new ShardImage(ShardImage.id(poolId, index), replicas, replicas, leader, 0, 0, leader);
    }
}
