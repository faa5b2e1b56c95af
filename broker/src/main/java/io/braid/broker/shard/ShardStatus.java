package io.braid.broker.shard;

/**
 * What a broker holds of a shard. Immutable.
 *
 * @param bytes of its log on the disk
 * @param nextLsn entries below are in its log
 * @param commitLsn entries below are known to be committed
 * @param appendedBytes of batches that it appended as the leader since the process began
 */
public record ShardStatus(int shardId, boolean leads, long bytes, long nextLsn, long commitLsn, long appendedBytes) {}
