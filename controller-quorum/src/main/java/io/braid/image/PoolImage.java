package io.braid.image;

/**
 * One pool of shards. Its shards have the indexes 0 to {@code shardCount - 1}; the list only grows.
 *
 * @param replicationFactor of each of its shards
 * @param rackAware whether the replicas of a shard are spread over racks as far as there are any
 */
public record PoolImage(int id, PoolClass poolClass, int replicationFactor, boolean rackAware, int shardCount) {
    PoolImage withShards(int count) {
        return new PoolImage(id, poolClass, replicationFactor, rackAware, count);
    }
}
