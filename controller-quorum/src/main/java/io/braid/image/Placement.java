package io.braid.image;

/**
 * Where the partitions from {@code fromPartition} on live, until the next placement of the topic begins:
 * {@code shard(p) = pool[(first + (p - from) * stride) mod modulus]}. Immutable and shared between topics.
 *
 * @param fromPartition first partition it holds for, 0 or more
 * @param poolId the pool
 * @param first index within the pool of the first partition's shard, below the modulus
 * @param stride step in shards from one partition to the next, coprime to the modulus
 * @param modulus how many shards of the pool take part (the pool's size when this was decided)
 */
public record Placement(int fromPartition, int poolId, int first, int stride, int modulus) {
    public Placement {
        if (fromPartition < 0
                || poolId < 0
                || modulus < 1
                || first < 0
                || first >= modulus
                || stride < 1
                || gcd(stride, modulus) != 1) {
            throw new IllegalArgumentException("no such placement: from=" + fromPartition + " pool=" + poolId
                    + " first=" + first + " stride=" + stride + " modulus=" + modulus);
        }
    }

    /** The id of the shard that holds a partition at or after {@link #fromPartition}. */
    public int shardOf(int partition) {
        long step = (long) (partition - fromPartition) * stride;
        return ShardImage.id(poolId, (int) ((first + step) % modulus));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
