package io.braid.log.index;

import java.util.Arrays;

/** Collects the {@link LsnMarks} of a segment that is written to. Append-only; owned by the shard thread. */
final class LsnMarker {
    private long[] lsns = new long[8];
    private long[] positions = new long[8];
    private int size;
    private LsnMarks marks = LsnMarks.NONE;

    void add(long lsn, long position) {
        if (size > 0 && position - positions[size - 1] < LsnMarks.SPACING_BYTES) {
            return;
        }
        if (size == lsns.length) {
            lsns = Arrays.copyOf(lsns, size * 2);
            positions = Arrays.copyOf(positions, size * 2);
        }
        lsns[size] = lsn;
        positions[size] = position;
        size++;
        marks = null;
    }

    /** Those so far. */
    LsnMarks marks() {
        if (marks == null) {
            marks = new LsnMarks(lsns, positions, size);
        }
        return marks;
    }

    /** Those of entries below {@code lsn}, in arrays of their own as the rest may be written anew. */
    void cut(long lsn) {
        int kept = marks().floorLsn(lsn - 1) + 1;
        lsns = Arrays.copyOf(lsns, Math.max(8, kept));
        positions = Arrays.copyOf(positions, Math.max(8, kept));
        size = kept;
        marks = null;
    }

    long heapBytes() {
        return 8L * (lsns.length + positions.length);
    }
}
