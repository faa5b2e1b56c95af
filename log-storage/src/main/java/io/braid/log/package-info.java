/**
 * The shared log of a shard: entries, segments on Chronicle Queue, recovery, flushing and retention.
 *
 * <p>Read {@link io.braid.log.SharedLog} first: it is what a shard owns. {@link io.braid.log.LogDirectory} opens the
 * logs of one of {@code log.dirs}; {@link io.braid.log.PartitionView} is how anybody but the owner reads.
 *
 * <p>Threads: a {@code SharedLog} and an {@code EntryBatch} are owned by the shard thread; {@code PartitionView},
 * {@code LogFlusher} and {@code RetentionScan} may be used from any thread; maintenance work that
 * {@link io.braid.log.SharedLog#pollMaintenance} hands out runs on a background thread.
 */
package io.braid.log;
