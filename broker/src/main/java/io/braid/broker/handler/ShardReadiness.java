package io.braid.broker.handler;

/** What this broker can say of the shards that it leads. */
@FunctionalInterface
public interface ShardReadiness {

    /** Every shard is ready as soon as it has a leader. */
    ShardReadiness ALWAYS = (shardId, leaderEpoch) -> true;

    /**
     * Whether this broker, as the leader of shard {@code shardId} in {@code leaderEpoch}, accepts writes now. Metadata
     * names a leader only when it does, so that a producer that starts at once does not lose its first batch
     * (KAFKA-15591). Never blocks; any thread.
     */
    boolean acceptsWrites(int shardId, int leaderEpoch);
}
