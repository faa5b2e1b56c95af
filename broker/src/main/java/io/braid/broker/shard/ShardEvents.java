package io.braid.broker.shard;

/** What metrics want to hear of shards. Called on shard threads; must be quick. */
@FunctionalInterface
public interface ShardEvents {
    ShardEvents NONE = (batches, bytes) -> {};

    /** One document of {@code batches} batches was appended. */
    void appended(int batches, long bytes);
}
