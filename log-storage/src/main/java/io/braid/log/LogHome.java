package io.braid.log;

/**
 * Where a shard's log lives, and who hears of it.
 *
 * @param shard its id
 * @param files its directory
 * @param directory the log directory that it is in
 */
record LogHome(int shard, LogFiles files, LogConfig config, LogListener events, LogDirectory directory) {}
