package io.braid.broker.replication.message;

/** Which of the two sessions between a follower and a leader; each has a connection of its own. */
public enum Lane {
    /** Shards in whose in-sync set the follower is: writes wait for them. */
    IN_SYNC,
    /** Shards that the follower has yet to catch up with; cold reads are expected, and throttled. */
    CATCHING_UP
}
