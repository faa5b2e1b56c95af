package io.braid.perf.routing;

/**
 * A partition has a new leader.
 *
 * @param appliedMs wall-clock time at which the first broker had applied it, in ms since the epoch
 */
record LeaderChange(int partition, int leaderEpoch, int leader, long appliedMs) {}
