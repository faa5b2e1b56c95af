/**
 * Compaction of topics with {@code cleanup.policy=compact}: the cores that decide, without files, threads or a clock. Read
 * {@link io.braid.log.compact.PartitionCompaction} first. One thread at a time uses an instance; its caller's.
 */
package io.braid.log.compact;
