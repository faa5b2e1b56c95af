/**
 * How shards get from leaders to followers: the network around the replica cores of {@code io.braid.broker.shard}.
 *
 * <p>A follower pulls. For each leader it has a {@link io.braid.broker.replication.LeaderLink} with two lanes
 * ({@link io.braid.broker.replication.FetchLane}), each a connection with a few requests on their way; at the leader a
 * {@link io.braid.broker.replication.LeaderSession} holds requests until a shard has news. Both sides of a connection are
 * owned by its event loop; what touches a log runs on shard threads. Read {@code LeaderSession}, then {@code FetchLane}.
 */
package io.braid.broker.replication;
