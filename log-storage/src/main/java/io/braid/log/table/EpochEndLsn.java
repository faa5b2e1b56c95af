package io.braid.log.table;

/**
 * Where an epoch ends in a log: how a leader answers a follower whose log diverges.
 *
 * @param leaderEpoch the greatest epoch of the log that is not above the one asked for; -1 when there is none
 * @param endLsn exclusive; 0 when there is none
 */
public record EpochEndLsn(int leaderEpoch, long endLsn) {}
