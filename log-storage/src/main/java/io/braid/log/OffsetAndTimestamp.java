package io.braid.log;

/**
 * A record found by time.
 *
 * @param offset its offset
 * @param timestampMs its timestamp
 * @param leaderEpoch the leader epoch of its batch
 */
public record OffsetAndTimestamp(long offset, long timestampMs, int leaderEpoch) {}
