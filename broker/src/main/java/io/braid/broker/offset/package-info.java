/**
 * Requests about offsets: where a partition begins and ends, which offset a time or a leader epoch has, and moving the
 * log start.
 *
 * <p>{@link io.braid.broker.offset.PartitionLookup} is what they share: look on the shard's thread, search on a reader.
 */
package io.braid.broker.offset;
