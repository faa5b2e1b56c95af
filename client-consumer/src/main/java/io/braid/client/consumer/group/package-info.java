/**
 * Membership of consumer groups, and their committed offsets. {@link io.braid.client.consumer.group.GroupMember} is the shell
 * over a cluster's client; what decides is pure: {@code ServerAssignedMembership} (KIP-848) and {@code ClassicMembership}
 * (JoinGroup and SyncGroup) say what is to be sent and what happened, {@code CommitQueue} in which order offsets are committed.
 * All of it is owned by the client's event loop.
 */
package io.braid.client.consumer.group;
