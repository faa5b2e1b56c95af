package io.braid.perf.chaos.check;

import java.util.Locale;

/**
 * What can be wrong with a history. The first ones are those of Jepsen's checker for Kafka (jepsen.tests.kafka and the
 * analysis of Redpanda 21.10.1, jepsen.io), with its names.
 */
public enum Anomaly {
    /** A value that was acknowledged or read is not in the log any more, though the log was read beyond it or to its end. */
    LOST_WRITE,
    /** A value was acknowledged, and nobody read as far as its offset. */
    UNSEEN,
    /** A value stands at two offsets. */
    DUPLICATE,
    /** An offset held two values. */
    INCONSISTENT_OFFSETS,
    /** A value was read whose send had certainly failed. */
    ABORTED_READ,
    /** A poll began before the end of the one before it, though nothing was assigned in between. */
    NONMONOTONIC_POLL,
    /** The same within one poll. */
    INT_NONMONOTONIC_POLL,
    /** A poll began beyond the end of the one before it, and left out values that exist. */
    POLL_SKIP,
    /** The same within one poll. */
    INT_POLL_SKIP,
    /** Two sends of one producer stand in the log in the other order. */
    NONMONOTONIC_SEND,
    /** A value was read that nobody had sent there, or bytes that are no value. */
    FABRICATED,
    /** A member began before an offset that its group had committed. */
    LOST_COMMIT,
    /** A member began beyond all that its group had read. */
    GROUP_SKIP,
    /** A reader was told that its position is out of the log's range, or that the log was cut below it. */
    OUT_OF_RANGE,
    /** A node ended by itself. */
    NODE_DIED,
    /** With all faults mended, the cluster or a client did not recover in time. */
    NOT_RECOVERED;

    /** As in reports: {@code lost-write}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
