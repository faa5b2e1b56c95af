package io.braid.controller.balance;

/**
 * What one replica of a shard weighs.
 *
 * @param bytes of its log
 * @param bytesPerSecond that are written to it
 */
public record ShardLoad(long bytes, double bytesPerSecond) {
    /** Of a shard of which nothing is known: it has no log. */
    public static final ShardLoad NONE = new ShardLoad(0, 0);
}
