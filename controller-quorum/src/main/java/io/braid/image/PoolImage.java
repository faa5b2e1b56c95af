package io.braid.image;

/**
 * One pool of shards. Its shards have the indexes 0 to {@code shardCount - 1}; the list only grows.
 *
 * @param replicationFactor of each of its shards
 * @param rackAware whether the replicas of a shard are spread over racks as far as there are any
 * @param uncleanElection whether a shard without a leader may be led by a replica that was not in sync, at the cost of
 *     acknowledged records
 */
public record PoolImage(
        int id,
        PoolClass poolClass,
        int replicationFactor,
        boolean rackAware,
        int shardCount,
        boolean uncleanElection) {
    /** A pool that elects cleanly. */
    public PoolImage(int id, PoolClass poolClass, int replicationFactor, boolean rackAware, int shardCount) {
        this(id, poolClass, replicationFactor, rackAware, shardCount, false);
    }

    PoolImage withShards(int count) {
        return new PoolImage(id, poolClass, replicationFactor, rackAware, count, uncleanElection);
    }

    PoolImage with(int newReplicationFactor, boolean nowUnclean) {
        return new PoolImage(id, poolClass, newReplicationFactor, rackAware, shardCount, nowUnclean);
    }
}
