/**
 * Groups: members and their assignments, and the offsets they commit.
 *
 * <p>One {@link io.braid.broker.group.GroupCore} for each partition of {@code __consumer_offsets} is the pure part: a
 * {@link io.braid.broker.group.GroupRequest} is decided in a {@link io.braid.broker.group.Turn}, which yields records,
 * answers and computations to be done elsewhere; {@link io.braid.broker.group.GroupState#apply} is all that changes what
 * outlives a restart, the same in a turn and in a replay. Time, ids and metadata come in, deadlines are data. A core is
 * owned by the thread of its partition's shard.
 *
 * <p>The classic protocol is {@link io.braid.broker.group.ClassicGroup}. The protocol of KIP-848 plugs in behind {@link
 * io.braid.broker.group.ConsumerProtocol} and lives in {@code group.consumer}.
 *
 * <p>Read {@link io.braid.broker.group.GroupCore} first, then {@link io.braid.broker.group.Turn}.
 */
package io.braid.broker.group;
