package io.braid.log;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentIndexes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The segments of a log in order. Changed by the shard thread only; readable from any thread. */
final class SegmentSet implements SegmentIndexes {
    private volatile List<Segment> segments = List.of();

    /** All segments, in log order; an immutable copy. */
    List<Segment> all() {
        return segments;
    }

    void add(Segment segment) {
        List<Segment> next = new ArrayList<>(segments);
        next.add(segment);
        segments = List.copyOf(next);
    }

    void remove(List<Segment> gone) {
        List<Segment> next = new ArrayList<>(segments);
        next.removeAll(gone);
        segments = List.copyOf(next);
    }

    /** The segment with an ordinal, or null when it was deleted. */
    Segment get(int ordinal) {
        List<Segment> now = segments;
        int low = 0;
        int high = now.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int found = now.get(middle).ordinal;
            if (found == ordinal) {
                return now.get(middle);
            }
            if (found < ordinal) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    @Override
    public Optional<SegmentIndex> find(int ordinal) throws IOException {
        Segment segment = get(ordinal);
        if (segment == null || !segment.isSealed()) {
            return Optional.empty();
        }
        try {
            return Optional.of(segment.index());
        } catch (SegmentGoneException e) {
            return Optional.empty();
        }
    }
}
