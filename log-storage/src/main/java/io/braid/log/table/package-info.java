/**
 * The state of a shard's partitions and producers, and the checkpoint file it is kept in. Read {@link
 * io.braid.log.table.PartitionTable} first. Owned by the shard
 * thread; snapshots are immutable.
 */
package io.braid.log.table;
