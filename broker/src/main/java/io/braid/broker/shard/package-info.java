/**
 * The shard on one broker: the replica core that decides, and the threads that drive it.
 *
 * <p>Read {@link io.braid.broker.shard.ShardReplica} first: the single-threaded core that checks, sequences and commits.
 * {@link io.braid.broker.shard.ShardHost} surrounds it with the log, waiting acknowledgements and interested fetchers;
 * {@link io.braid.broker.shard.ShardThread} owns a set of hosts; {@link io.braid.broker.shard.Shards} applies the cluster
 * image to them and is the door for request handlers.
 */
package io.braid.broker.shard;
