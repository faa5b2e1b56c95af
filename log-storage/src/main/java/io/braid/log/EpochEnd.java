package io.braid.log;

/**
 * Where a leader epoch ends in a partition.
 *
 * @param leaderEpoch the largest epoch with data that is not above the one asked for, or that one itself
 * @param endOffset the offset after its last record
 */
public record EpochEnd(int leaderEpoch, long endOffset) {}
