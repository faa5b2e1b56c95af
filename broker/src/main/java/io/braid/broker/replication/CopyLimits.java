package io.braid.broker.replication;

/**
 * How much of this node copying may take.
 *
 * @param bytesPerSecond of all shards together in whose in-sync set this broker is not
 * @param arrivals shards that moves bring here, copied at a time
 */
public record CopyLimits(long bytesPerSecond, int arrivals) {
    public static final CopyLimits NONE = new CopyLimits(Long.MAX_VALUE, Integer.MAX_VALUE);
}
