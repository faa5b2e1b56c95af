package io.braid.log.index;

/**
 * Where some of a segment's entries begin: one for about every {@link #SPACING_BYTES}, in log order. From the nearest one the way
 * to any LSN is short. Immutable; any thread.
 */
public final class LsnMarks {
    /** Least distance of two marks. */
    public static final int SPACING_BYTES = 16 << 10;

    /** No marks: the way begins at the start of the segment. */
    public static final LsnMarks NONE = new LsnMarks(new long[0], new long[0], 0);

    private final long[] lsns;
    private final long[] positions;
    private final int size;

    LsnMarks(long[] lsns, long[] positions, int size) {
        this.lsns = lsns;
        this.positions = positions;
        this.size = size;
    }

    public int size() {
        return size;
    }

    /** LSN of the first entry behind mark {@code i}. */
    public long lsn(int i) {
        return lsns[i];
    }

    /** Position in the segment's file of the frame of the document that begins with that entry. */
    public long position(int i) {
        return positions[i];
    }

    /** The last mark at or before an entry, -1 when there is none. */
    public int floorLsn(long lsn) {
        return floor(lsns, lsn);
    }

    /** The last mark at or before a position, -1 when there is none. */
    public int floorPosition(long position) {
        return floor(positions, position);
    }

    private int floor(long[] ascending, long wanted) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] <= wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
