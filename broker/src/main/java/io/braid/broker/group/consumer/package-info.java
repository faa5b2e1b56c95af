/**
 * Groups whose partitions the broker assigns (KIP-848).
 *
 * <p>{@link io.braid.broker.group.consumer.ServerAssignedProtocol} is the door, {@link
 * io.braid.broker.group.consumer.ServerAssignedGroup} the state, {@link io.braid.broker.group.consumer.GroupTurn} the steps
 * of a decision. The way of a member: {@link io.braid.broker.group.consumer.ConsumerHeartbeat} notes what it says; if that
 * gives the group a new epoch, an {@link io.braid.broker.group.consumer.Assignor} makes new targets (on another thread if
 * that is dear); {@link io.braid.broker.group.consumer.Reconciler} takes the member one step towards its target at each
 * heartbeat, and gives it nothing that another member may have still.
 *
 * <p>Partitions are kept as ranges throughout ({@link io.braid.broker.group.consumer.PartitionRanges}). Everything is owned
 * by the thread of its core; assignors and the look-up of regular expressions work on immutable views.
 */
package io.braid.broker.group.consumer;
