package io.braid.log;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentIndexes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The segments of a log in order, as they were at one moment: what a walk over links needs, as ordinals change hands. Immutable; any thread. */
final class SegmentList implements SegmentIndexes {
    static final SegmentList EMPTY = new SegmentList(List.of());

    private final List<Segment> segments;

    SegmentList(List<Segment> segments) {
        this.segments = List.copyOf(segments);
    }

    List<Segment> all() {
        return segments;
    }

    /** The segment that is, or stands for, the one with an ordinal; null when it was deleted. */
    Segment get(int ordinal) {
        int low = 0;
        int high = segments.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Segment found = segments.get(middle);
            if (found.ordinal > ordinal) {
                high = middle - 1;
            } else if (found.lastOrdinal < ordinal) {
                low = middle + 1;
            } else {
                return found;
            }
        }
        return null;
    }

    /**
     * {@inheritDoc}
     *
     * @throws SegmentGoneException another one stands for it by now: take the list anew
     */
    @Override
    public Optional<SegmentIndex> find(int ordinal) throws IOException {
        Segment segment = get(ordinal);
        if (segment == null || !segment.isSealed()) {
            return Optional.empty();
        }
        try {
            return Optional.of(segment.index());
        } catch (SegmentGoneException e) {
            if (segment.isReplaced()) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
