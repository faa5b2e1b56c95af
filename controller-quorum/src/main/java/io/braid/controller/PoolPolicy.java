package io.braid.controller;

/**
 * How a pool is made when the first topic needs one.
 *
 * @param shardsPerPool 0 for the default: {@link #SHARDS_ON_ONE_BROKER} or {@link #SHARDS_ON_SEVERAL}
 * @param minBrokers how many unfenced brokers a pool waits for, if it is to have a replication factor above 1
 */
public record PoolPolicy(int shardsPerPool, int minBrokers) {
    public static final int SHARDS_ON_ONE_BROKER = 16;
    public static final int SHARDS_ON_SEVERAL = 60;
    public static final PoolPolicy DEFAULT = new PoolPolicy(0, 1);

    int shards(int brokers) {
        return shardsPerPool > 0 ? shardsPerPool : brokers == 1 ? SHARDS_ON_ONE_BROKER : SHARDS_ON_SEVERAL;
    }
}
