package io.braid.simulation;

import java.util.Locale;

/** Bugs that can be switched on, to see that the simulation catches them. */
public enum Bug {
    NONE("as shipped"),
    COMMIT_WITHOUT_WHOLE_ISR("the leader commits once a majority of the in-sync set has an entry"),
    COMMIT_AGAINST_NEW_SET("the leader commits against the proposed in-sync set before that is committed"),
    MOVE_WITHOUT_CATCHING_UP("a move takes the old replicas out before the new ones are in sync"),
    SAME_EPOCH_WITHOUT_REPLICA("a shard leaves a broker and its leader keeps its epoch"),
    NO_TRUNCATION("a follower that diverges keeps its entries"),
    ELECTION_OUTSIDE_ISR("a leader is elected that was not in sync"),
    DEAD_INCARNATION_FETCH("the leader counts fetches of a broker's dead incarnation"),
    SAME_EPOCH_AFTER_POWER_LOSS("a broker that comes back leads on in the epoch of its earlier incarnation"),
    CHECKPOINT_ABOVE_TRUNCATION("a log is recovered from a checkpoint above a later truncation"),
    METADATA_BEHIND_EPOCH("a broker takes an image older than what it announced"),
    /** Only a scenario damages disks, so only it catches this one. */
    LEAD_WITHOUT_LOST_ENTRIES("a replica leads although its disk lost entries that it had forced");

    private final String description;

    Bug(String description) {
        this.description = description;
    }

    /** Its name on the command line. */
    public String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String description() {
        return description;
    }
}
