/**
 * The shard on one broker: the replica core that decides, and the threads that drive it.
 *
 * <p>Read {@link io.braid.broker.shard.ShardReplica} first: the single-threaded core that checks, sequences, replicates and
 * commits. Its parts are the staging of batches, the state of a leader with its followers' progress and its in-sync set, the
 * state of a follower, and what is known to be committed. {@link io.braid.broker.shard.ShardHost} surrounds it with the log and
 * with a class each for waiting acknowledgements, reads and their interested fetchers, asking followers, deletions and more.
 * {@link io.braid.broker.shard.ShardThread} owns a set of hosts, {@link io.braid.broker.shard.OpenShards} has all of them, and
 * {@link io.braid.broker.shard.AssignedShards} applies the cluster image to them. {@link io.braid.broker.shard.Shards} is the door for
 * request handlers, {@link io.braid.broker.shard.ShardReplication} the one for the network shell of replication. The core needs no
 * more of a log than {@link io.braid.broker.shard.ShardStore}.
 */
package io.braid.broker.shard;
