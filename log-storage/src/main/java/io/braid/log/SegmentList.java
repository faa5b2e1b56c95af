package io.braid.log;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentIndexes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The segments of a log in order, as they were at one moment: what a walk over links needs, as ordinals change hands. Immutable; any thread. */
final class SegmentList implements SegmentIndexes {
    private final List<Segment> segments;
    private final CompactedSet compacted;

    SegmentList(List<Segment> segments, CompactedSet compacted) {
        this.segments = List.copyOf(segments);
        this.compacted = compacted;
    }

    /** The compacted segments, whose ordinals are above all others. */
    @Override
    public CompactedSet compacted() {
        return compacted;
    }

    List<Segment> all() {
        return segments;
    }

    /** The segment that is, or stands for, the one with an ordinal; null when it was deleted. */
    Segment get(int ordinal) {
        if (ordinal >= CompactedSet.FIRST_ORDINAL) {
            return compacted.get(ordinal);
        }
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
        if (segment == null || !segment.isSealed() || segment.indexHealth() == Segment.IndexHealth.LOST) {
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
