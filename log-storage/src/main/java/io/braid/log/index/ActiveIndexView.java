package io.braid.log.index;

import io.braid.log.rows.RowView;

/**
 * The first rows of an {@link ActiveIndex}. Row numbers ascend along a partition's chain from oldest to newest;
 * {@code head} is the newest row of a partition that is to be looked at. Immutable, any
 * thread, never blocks.
 */
public final class ActiveIndexView {
    /** A test that holds for a partition's newer rows and not for its older ones. */
    interface RowTest {
        boolean holds(ActiveIndexView view, int row, long argument);
    }

    private static final int NONE = -1;

    private final int segment;
    private final RowView rows;
    private final int size;
    private final LsnMarks marks;

    ActiveIndexView(int segment, RowView rows, int size, LsnMarks marks) {
        this.segment = segment;
        this.rows = rows;
        this.size = size;
        this.marks = marks;
    }

    /** Where to find entries by LSN. */
    public LsnMarks marks() {
        return marks;
    }

    public int segment() {
        return segment;
    }

    public int rows() {
        return size;
    }

    /** The partition's row before this one in this segment, or -1. */
    public int previous(int row) {
        return Math.max(NONE, rows.getInt(row, ActiveRow.PREVIOUS));
    }

    /** An earlier row of the partition; the oldest row itself for the oldest. */
    int jump(int row) {
        return rows.getInt(row, ActiveRow.PREVIOUS) < 0 ? row : rows.getInt(row, ActiveRow.JUMP);
    }

    /** The partition's segment before this one, -1 none. */
    int previousSegment(int oldestRow) {
        return rows.getInt(oldestRow, ActiveRow.JUMP);
    }

    /** The partition's newest row there; means something while that segment is in memory. */
    int previousSegmentRow(int oldestRow) {
        return ActiveRow.decodeSegmentRow(rows.getInt(oldestRow, ActiveRow.PREVIOUS));
    }

    public BatchLocation batch(int row) {
        return new BatchLocation(
                segment,
                position(row),
                sizeBytes(row),
                baseOffset(row),
                lastOffset(row),
                leaderEpoch(row),
                maxTimestamp(row));
    }

    public long baseOffset(int row) {
        return rows.getLong(row, ActiveRow.BASE_OFFSET);
    }

    /** Inclusive. */
    public long lastOffset(int row) {
        return baseOffset(row) + rows.getInt(row, ActiveRow.LAST_OFFSET_DELTA);
    }

    /** Of the batch's first byte in the segment's file. */
    public long position(int row) {
        return Integer.toUnsignedLong(rows.getInt(row, ActiveRow.POSITION));
    }

    public int sizeBytes(int row) {
        return rows.getInt(row, ActiveRow.SIZE);
    }

    public int leaderEpoch(int row) {
        return rows.getInt(row, ActiveRow.LEADER_EPOCH);
    }

    public long maxTimestamp(int row) {
        return rows.getLong(row, ActiveRow.MAX_TIMESTAMP);
    }

    /** Greatest timestamp of this and the partition's earlier rows in this segment. */
    public long runningMaxTimestamp(int row) {
        return rows.getLong(row, ActiveRow.RUNNING_MAX_TIMESTAMP);
    }

    /** The partition's oldest row in this segment. O(log n). */
    public int oldest(int head) {
        return oldestWhere(head, (view, row, none) -> true, 0);
    }

    /** Newest row whose base offset is at or below {@code offset}, or -1. O(log n). */
    public int floor(int head, long offset) {
        int above = oldestWhere(head, (view, row, limit) -> view.baseOffset(row) > limit, offset);
        return above == NONE ? head : previous(above);
    }

    /** Oldest row that ends at or after {@code offset}, or -1. O(log n). */
    public int ceiling(int head, long offset) {
        return oldestWhere(head, (view, row, limit) -> view.lastOffset(row) >= limit, offset);
    }

    /** Oldest row with a leader epoch above {@code leaderEpoch}, or -1. O(log n). */
    public int firstAfterEpoch(int head, int leaderEpoch) {
        return oldestWhere(head, (view, row, limit) -> view.leaderEpoch(row) > limit, leaderEpoch);
    }

    /** Oldest row at which the running maximum of timestamps has reached {@code timestamp}, or -1. O(log n). */
    int firstReaching(int head, long timestamp) {
        return oldestWhere(head, (view, row, limit) -> view.runningMaxTimestamp(row) >= limit, timestamp);
    }

    /** Oldest row of the chain that passes the test, -1 when the head does not. */
    int oldestWhere(int head, RowTest test, long argument) {
        if (!test.holds(this, head, argument)) {
            return NONE;
        }
        int row = head;
        while (true) {
            int jump = jump(row);
            int previous = previous(row);
            if (jump != row && test.holds(this, jump, argument)) {
                row = jump;
            } else if (previous != NONE && test.holds(this, previous, argument)) {
                row = previous;
            } else {
                return row;
            }
        }
    }
}
