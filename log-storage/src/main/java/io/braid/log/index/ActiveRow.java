package io.braid.log.index;

/** Bytes of a batch's row in an {@link ActiveIndex}. */
final class ActiveRow {
    /** The partition's row before this one; negative in its oldest row, see {@link #encodeSegmentRow}. */
    static final int PREVIOUS = 0;
    /** An earlier row; in the oldest row the partition's previous segment instead, -1 none. */
    static final int JUMP = 4;
    /** The jump passes over 2^rank - 1 rows; 0 in the oldest row. */
    static final int RANK = 8;

    static final int BASE_OFFSET = 9;
    static final int LAST_OFFSET_DELTA = 17;
    static final int POSITION = 21;
    static final int SIZE = 25;
    static final int LEADER_EPOCH = 29;
    static final int MAX_TIMESTAMP = 33;
    /** Of this and the partition's earlier rows in this segment. */
    static final int RUNNING_MAX_TIMESTAMP = 41;

    static final int BYTES = 49;

    private ActiveRow() {}

    /**
     * How the oldest row holds the partition's newest row in its previous segment (which means something while that
     * one is in memory), -1 none.
     */
    static int encodeSegmentRow(int row) {
        return -2 - row;
    }

    static int decodeSegmentRow(int previous) {
        return -2 - previous;
    }
}
