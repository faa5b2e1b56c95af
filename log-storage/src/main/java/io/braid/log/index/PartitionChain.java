package io.braid.log.index;

import io.braid.log.rows.RowCursor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The segments that hold a partition, linked from newest to oldest, as one lookup or cursor walks them. Used by one
 * thread; blocks where it leaves memory.
 */
final class PartitionChain {
    /** A test that holds for a partition's newer segments and not for its older ones. */
    interface PartTest {
        boolean holds(SegmentPart part);
    }

    private final IndexSnapshot segments;
    private final PartitionKey key;
    private final int newestSegment;
    private final int newestRow;
    private RowCursor directory;
    private RowCursor batches;

    PartitionChain(IndexSnapshot segments, PartitionKey key, int newestSegment, int newestRow) {
        this.segments = segments;
        this.key = key;
        this.newestSegment = newestSegment;
        this.newestRow = newestRow;
    }

    Optional<SegmentPart> newest() throws IOException {
        return find(newestSegment, newestRow, Integer.MAX_VALUE);
    }

    /**
     * The partition in a segment.
     *
     * @param row newest one there, used when the segment is in memory
     * @param below ordinal of the segment that led there
     */
    Optional<SegmentPart> find(int segment, int row, int below) throws IOException {
        if (segment < 0) {
            return Optional.empty();
        }
        Optional<ActiveIndexView> view = segments.inMemory(segment);
        if (view.isPresent()) {
            return Optional.of(new MemoryPart(this, view.get(), row));
        }
        Optional<SegmentIndex> index = segments.sealed().find(segment);
        if (index.isEmpty()) {
            return Optional.empty();
        }
        if (index.get().info().firstSegment() >= below) {
            throw new CorruptIndexException("segment " + below + " links to segment " + segment + ", found in "
                    + index.get().info());
        }
        return index.get().find(directoryCursor(), key).map(entry -> new SealedPart(this, index.get(), entry));
    }

    private RowCursor directoryCursor() {
        if (directory == null) {
            directory = new RowCursor();
        }
        return directory;
    }

    /** The cursor over batch rows that the parts of this chain share. */
    RowCursor batches() {
        if (batches == null) {
            batches = new RowCursor();
        }
        return batches;
    }

    /** The parts from the oldest one that passes the test on. */
    PartsForward oldestWhere(PartTest test) throws IOException {
        PartsForward parts = new PartsForward();
        SegmentPart part = newest().orElse(null);
        while (part != null && test.holds(part)) {
            parts.way.push(part);
            SegmentPart jump = part.jump().filter(test::holds).orElse(null);
            part = jump != null ? jump : part.previous().orElse(null);
        }
        return parts;
    }

    /** Walks the chain against its links, as MemoryPart's rows are walked. */
    static final class PartsForward {
        private final Deque<SegmentPart> way = new ArrayDeque<>();
        /** Ordinal of the part that was given last. */
        private int below = -1;

        /** The next newer part. */
        Optional<SegmentPart> next() throws IOException {
            SegmentPart part = way.peek();
            if (part == null) {
                return Optional.empty();
            }
            if (below >= 0) {
                descend(part);
            }
            SegmentPart next = way.pop();
            below = next.segment();
            return Optional.of(next);
        }

        private void descend(SegmentPart from) throws IOException {
            SegmentPart part = from;
            while (true) {
                SegmentPart lower = part.jump().filter(this::isAbove).orElse(null);
                if (lower == null) {
                    lower = part.previous().filter(this::isAbove).orElse(null);
                }
                if (lower == null) {
                    return;
                }
                way.push(lower);
                part = lower;
            }
        }

        private boolean isAbove(SegmentPart part) {
            return part.segment() > below;
        }
    }
}
