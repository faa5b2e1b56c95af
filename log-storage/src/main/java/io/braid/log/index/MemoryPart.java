package io.braid.log.index;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** A partition's batches in a segment that is indexed in memory. */
final class MemoryPart implements SegmentPart {
    private static final int NONE = -1;

    private final PartitionChain chain;
    private final ActiveIndexView view;
    private final int head;
    private final int oldest;

    MemoryPart(PartitionChain chain, ActiveIndexView view, int head) {
        this.chain = chain;
        this.view = view;
        this.head = head;
        this.oldest = view.oldest(head);
    }

    @Override
    public int segment() {
        return view.segment();
    }

    @Override
    public boolean inMemory() {
        return true;
    }

    @Override
    public long firstOffset() {
        return view.baseOffset(oldest);
    }

    @Override
    public long lastOffset() {
        return view.lastOffset(head);
    }

    @Override
    public int lastLeaderEpoch() {
        return view.leaderEpoch(head);
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (int row = head; row != NONE; row = view.previous(row)) {
            bytes += view.sizeBytes(row);
        }
        return bytes;
    }

    @Override
    public long maxTimestamp() {
        return view.runningMaxTimestamp(head);
    }

    @Override
    public Optional<SegmentPart> previous() throws IOException {
        return chain.find(view.previousSegment(oldest), view.previousSegmentRow(oldest), segment());
    }

    @Override
    public Optional<SegmentPart> jump() {
        return Optional.empty();
    }

    @Override
    public Optional<BatchLocation> floor(long offset) {
        return batch(view.floor(head, offset));
    }

    @Override
    public Optional<BatchLocation> firstAfterEpoch(int leaderEpoch) {
        return batch(view.firstAfterEpoch(head, leaderEpoch));
    }

    private Optional<BatchLocation> batch(int row) {
        return row == NONE ? Optional.empty() : Optional.of(view.batch(row));
    }

    @Override
    public Optional<BatchLocation> firstWithTimestamp(long timestamp, long fromOffset) {
        int first = view.ceiling(head, fromOffset);
        int found = view.firstReaching(head, timestamp);
        if (first == NONE || found == NONE || found >= first) {
            return first == NONE ? Optional.empty() : batch(found);
        }
        // A batch before fromOffset reached the timestamp first: the running maximum says nothing of the others.
        RowsForward rows = new RowsForward(first);
        for (int row = rows.next(); row != NONE; row = rows.next()) {
            if (view.maxTimestamp(row) >= timestamp) {
                return batch(row);
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<BatchLocation> withMaxTimestamp(long fromOffset, long endOffset) {
        int first = view.ceiling(head, fromOffset);
        int last = view.floor(head, endOffset - 1);
        if (first == NONE || last < first) {
            return Optional.empty();
        }
        int best = view.firstReaching(last, view.runningMaxTimestamp(last));
        if (best < first) {
            best = last;
            for (int row = last; row >= first; row = view.previous(row)) {
                best = view.maxTimestamp(row) >= view.maxTimestamp(best) ? row : best;
            }
        }
        return batch(best);
    }

    @Override
    public BatchRun from(long offset) {
        RowsForward rows = new RowsForward(view.ceiling(head, offset));
        return cursor -> {
            int row = rows.next();
            if (row == NONE) {
                return false;
            }
            cursor.set(
                    view.segment(),
                    view.position(row),
                    view.sizeBytes(row),
                    view.baseOffset(row),
                    view.lastOffset(row),
                    view.leaderEpoch(row),
                    view.maxTimestamp(row));
            return true;
        };
    }

    /**
     * Walks the chain against its links: keeps the rows on the way from the head down to the row it is at, and goes
     * down again from the nearest of them for the
     * next row. Each row is put on the way once.
     */
    private final class RowsForward {
        private int[] way = new int[16];
        private int depth;
        /** The row before the one that is next. */
        private int below;

        RowsForward(int first) {
            if (first != NONE) {
                below = first - 1;
                push(head);
            }
        }

        int next() {
            if (depth == 0) {
                return NONE;
            }
            int row = way[depth - 1];
            int lower = lower(row);
            while (lower != NONE) {
                push(lower);
                row = lower;
                lower = lower(row);
            }
            depth--;
            below = row;
            return row;
        }

        /** A row between {@link #below} and this one, as low as one link leads. */
        private int lower(int row) {
            int jump = view.jump(row);
            if (jump < row && jump > below) {
                return jump;
            }
            int previous = view.previous(row);
            return previous > below ? previous : NONE;
        }

        private void push(int row) {
            if (depth == way.length) {
                way = Arrays.copyOf(way, depth * 2);
            }
            way[depth++] = row;
        }
    }
}
