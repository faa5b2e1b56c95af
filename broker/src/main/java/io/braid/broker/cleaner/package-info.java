/**
 * The log cleaner: one thread of the node that goes from shard to shard and compacts what is due. Read
 * {@link io.braid.broker.cleaner.LogCleaner} first; what a pass does is {@code io.braid.log.compact}'s and the log's business.
 */
package io.braid.broker.cleaner;
