package io.braid.client.consumer.group;

/** What a member is doing, as metrics and tests see it. */
public enum MemberState {
    /** Not in the group: nothing is subscribed, or it was never started. */
    OUTSIDE,
    /** On its way into the group, or into its next generation. */
    JOINING,
    /** Giving up partitions: the listener's answer is awaited. */
    REVOKING,
    /** A member with the partitions that it was told to have. */
    STABLE,
    /** Out of the group since the application gave no sign of life; the next sign brings it back. */
    STALE,
    /** On its way out. */
    LEAVING,
    /** Out of it for good: left, or failed. */
    ENDED
}
