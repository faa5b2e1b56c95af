package io.braid.log;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentIndexes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The segments of a log in order. Changed by the shard thread only; readable from any thread. */
final class SegmentSet implements SegmentIndexes {
    private volatile List<Segment> segments = List.of();
    private final AtomicInteger truncations = new AtomicInteger();
    private volatile long startLsn;
    private volatile CompactedSet compacted = new CompactedSet(this::compacted, List.of());

    /** All segments, in log order; an immutable copy. */
    List<Segment> all() {
        return segments;
    }

    void add(Segment segment) {
        List<Segment> next = new ArrayList<>(segments);
        next.add(segment);
        set(next);
    }

    void remove(List<Segment> gone) {
        List<Segment> next = new ArrayList<>(segments);
        next.removeAll(gone);
        set(next);
    }

    private void set(List<Segment> next) {
        int oldest = next.size() - 1;
        while (oldest > 0 && next.get(oldest - 1).endLsn >= next.get(oldest).firstLsn) {
            oldest--;
        }
        startLsn = next.isEmpty() ? startLsn : next.get(oldest).firstLsn;
        segments = List.copyOf(next);
    }

    /** The compacted segments, which have no place in the order of the others. */
    @Override
    public CompactedSet compacted() {
        return compacted;
    }

    void compacted(CompactedSet set) {
        compacted = set;
    }

    /** Lowest LSN from which the segments follow each other without a gap. */
    long startLsn() {
        return startLsn;
    }

    /** Says that entries have become void while their segment stays: what was read before does not count any more. */
    void onTruncated() {
        truncations.incrementAndGet();
    }

    /** Changes when entries become void. */
    int truncations() {
        return truncations.get();
    }

    /** The segment with an ordinal, or null when it was deleted. */
    Segment get(int ordinal) {
        if (ordinal >= CompactedSet.FIRST_ORDINAL) {
            return compacted.get(ordinal);
        }
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
