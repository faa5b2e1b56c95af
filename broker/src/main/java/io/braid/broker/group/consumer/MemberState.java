package io.braid.broker.group.consumer;

/** Where a member is on the way from what it has to what it is to have (KIP-848, "member state machine"). */
public enum MemberState {
    /** It has what the target of its epoch gives it. */
    STABLE,
    /** It was told to give partitions up and has not said yet that it did; its epoch stays. */
    UNREVOKED_PARTITIONS,
    /** It is in the epoch of the target and waits for partitions that others have still. */
    UNRELEASED_PARTITIONS
}
