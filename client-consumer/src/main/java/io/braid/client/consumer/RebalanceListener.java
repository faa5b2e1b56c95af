package io.braid.client.consumer;

/**
 * Hears of what a member of a group is given and gives up. In the polling form it is called by the thread that polls, within
 * {@code poll} or {@code close}; else by a thread of the handlers. It may call the consumer, but not poll. What it throws in
 * the polling form comes out of the poll; else it is logged.
 */
public interface RebalanceListener {
    /** These partitions came; their records come after the call, so that positions may be set by {@link Consumer#seek}. */
    default void onAssigned(PartitionSet added) {}

    /**
     * These partitions go to others when the call returns: the last chance to commit. No record of theirs comes any more; in
     * the polling form those that were returned before count as handled, and are committed before this with automatic commits.
     */
    default void onRevoked(PartitionSet revoked) {}

    /** These partitions are gone already: others may be reading them, and commits for them would fail. */
    default void onLost(PartitionSet lost) {}
}
