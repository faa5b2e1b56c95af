package io.braid.broker.shard;

/** Something for the shard thread to do. */
@FunctionalInterface
interface ShardMessage {
    /**
     * Runs on the shard thread; must not block.
     *
     * @param nowMs wall-clock milliseconds
     */
    void run(long nowMs);
}
