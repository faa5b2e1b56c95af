package io.braid.log.index;

import io.braid.log.rows.RowChunks;
import io.braid.log.table.PartitionTable;

/**
 * Index of a segment that has no index file yet: one row per batch, in log order, append-only. Make a new one for each
 * segment; the old one stays readable through its views until its index file is written.
 *
 * <p>The rows of a partition are chained from newest to oldest, with a jump pointer in each row (Myers 1983, "An
 * applicative random-access stack"), so that
 * searches are logarithmic though rows are only ever added at the head. The oldest row says where the partition goes
 * on in earlier segments. Owned by the shard thread.
 */
public final class ActiveIndex {
    /** Rows after which the segment should be rolled. */
    public static final int MAX_ROWS = 262_144;

    private final int segment;
    private final RowChunks rows = new RowChunks(ActiveRow.BYTES);
    private final LsnMarker marker = new LsnMarker();
    private int size;

    /** @param segment ordinal of the segment: 0, 1, 2, ... in log order */
    public ActiveIndex(int segment) {
        if (segment < 0) {
            throw new IllegalArgumentException("segment=" + segment);
        }
        this.segment = segment;
    }

    public int segment() {
        return segment;
    }

    /** Number of rows, those of undone appends included. */
    public int rows() {
        return size;
    }

    public boolean isFull() {
        return size >= MAX_ROWS;
    }

    /**
     * Appends a batch to the chain of its partition and makes it the partition's newest: segment and row in {@code
     * partitions},
     * where nothing else is changed. To undo an append, put the partition's old segment and row back: the row stays
     * behind,
     * unreachable.
     *
     * @param position of the batch's first byte in the segment's file, below 4 GiB
     * @return the batch's row
     * @throws IllegalArgumentException for a position out of range, or a partition that has batches in a later segment
     */
    public int add(
            PartitionTable partitions,
            int partitionRow,
            long baseOffset,
            int lastOffsetDelta,
            long position,
            int size,
            int leaderEpoch,
            long maxTimestamp) {
        int newestSegment = partitions.newestSegment(partitionRow);
        if (position < 0 || position > 0xFFFF_FFFFL || newestSegment > segment) {
            throw new IllegalArgumentException(
                    "position=" + position + " segment=" + segment + " newestSegment=" + newestSegment);
        }
        int row = this.size;
        rows.ensure(row + 1);
        rows.setLong(row, ActiveRow.BASE_OFFSET, baseOffset);
        rows.setInt(row, ActiveRow.LAST_OFFSET_DELTA, lastOffsetDelta);
        rows.setInt(row, ActiveRow.POSITION, (int) position);
        rows.setInt(row, ActiveRow.SIZE, size);
        rows.setInt(row, ActiveRow.LEADER_EPOCH, leaderEpoch);
        rows.setLong(row, ActiveRow.MAX_TIMESTAMP, maxTimestamp);
        int newestRow = partitions.newestActiveRow(partitionRow);
        if (newestSegment == segment) {
            linkToRow(row, newestRow, maxTimestamp);
        } else {
            linkToSegment(row, newestSegment, newestRow, maxTimestamp);
        }
        this.size = row + 1;
        partitions.setNewest(partitionRow, segment, row);
        return row;
    }

    private void linkToRow(int row, int previous, long maxTimestamp) {
        int jump = jump(previous);
        int rank = rows.getByte(previous, ActiveRow.RANK);
        boolean joins = rank == rows.getByte(jump, ActiveRow.RANK);
        rows.setInt(row, ActiveRow.PREVIOUS, previous);
        rows.setInt(row, ActiveRow.JUMP, joins ? jump(jump) : previous);
        rows.setByte(row, ActiveRow.RANK, (byte) (joins ? rank + 1 : 1));
        rows.setLong(
                row,
                ActiveRow.RUNNING_MAX_TIMESTAMP,
                Math.max(maxTimestamp, rows.getLong(previous, ActiveRow.RUNNING_MAX_TIMESTAMP)));
    }

    private void linkToSegment(int row, int previousSegment, int previousSegmentRow, long maxTimestamp) {
        rows.setInt(row, ActiveRow.PREVIOUS, ActiveRow.encodeSegmentRow(previousSegmentRow));
        rows.setInt(row, ActiveRow.JUMP, previousSegment);
        rows.setLong(row, ActiveRow.RUNNING_MAX_TIMESTAMP, maxTimestamp);
    }

    /** The oldest row jumps to itself. */
    private int jump(int row) {
        return rows.getInt(row, ActiveRow.PREVIOUS) < 0 ? row : rows.getInt(row, ActiveRow.JUMP);
    }

    /** Notes where a document begins: the LSN of its first entry, the position of its frame. */
    public void mark(long lsn, long framePosition) {
        marker.add(lsn, framePosition);
    }

    /** The marks so far. */
    public LsnMarks marks() {
        return marker.marks();
    }

    /** Forgets the marks from {@code lsn} on (undo of appends). */
    public void cutMarks(long lsn) {
        marker.cut(lsn);
    }

    /** The rows so far. Cheap; must reach other threads by a safe publication (final or volatile field, queue). */
    public ActiveIndexView view() {
        return new ActiveIndexView(segment, rows.view(), size, marker.marks());
    }

    /** Bytes of heap in the arrays of this index, exactly. */
    public long heapBytes() {
        return rows.heapBytes() + marker.heapBytes();
    }
}
