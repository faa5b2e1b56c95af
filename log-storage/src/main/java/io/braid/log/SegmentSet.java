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
    private volatile SegmentList segments = new SegmentList(List.of(), new CompactedSet(this::compacted, List.of()));
    private final AtomicInteger truncations = new AtomicInteger();
    /** Lowest LSN from which all entries to the end of the last segment can be read. Shard thread. */
    private long startLsn;

    /** All segments, in log order; an immutable copy. */
    List<Segment> all() {
        return segments.all();
    }

    /** As they are now. */
    SegmentList list() {
        return segments;
    }

    void add(Segment segment) {
        List<Segment> next = new ArrayList<>(all());
        next.add(segment);
        set(next);
    }

    void remove(List<Segment> gone) {
        List<Segment> next = new ArrayList<>(all());
        next.removeAll(gone);
        set(next);
    }

    /** Puts a rewritten segment in the place of those that it was made from. */
    void replace(List<Segment> old, Segment made) {
        List<Segment> next = new ArrayList<>(all());
        int at = next.indexOf(old.get(0));
        next.removeAll(old);
        next.add(at, made);
        set(next);
    }

    private void set(List<Segment> next) {
        if (!next.isEmpty()) {
            Segment last = next.get(next.size() - 1);
            int oldest = next.size() - 1;
            while (oldest > 0
                    && !next.get(oldest).isRewritten()
                    && next.get(oldest - 1).endLsn >= next.get(oldest).firstLsn) {
                oldest--;
            }
            boolean rewritten = next.get(oldest).isRewritten();
            Segment follower = rewritten && oldest + 1 < next.size() ? next.get(oldest + 1) : null;
            long afterRewritten = follower == null ? last.endLsn : follower.firstLsn;
            startLsn = rewritten ? afterRewritten : next.get(oldest).firstLsn;
        }
        segments = new SegmentList(next, segments.compacted());
    }

    /** The compacted segments, which have no place in the order of the others. */
    @Override
    public CompactedSet compacted() {
        return segments.compacted();
    }

    void compacted(CompactedSet set) {
        segments = new SegmentList(all(), set);
    }

    /**
     * Lowest LSN from which all entries below {@code nextLsn}, where the log ends, can be read one after the other: what was
     * rewritten lies below, and so does what is missing at the end, for the newest segment may have been deleted. Shard thread.
     */
    long startLsn(long nextLsn) {
        List<Segment> all = all();
        boolean reachesEnd = !all.isEmpty() && all.get(all.size() - 1).endLsn >= nextLsn;
        return reachesEnd ? startLsn : nextLsn;
    }

    /** Bytes of all segments, the compacted ones included. */
    long sizeBytes() {
        long bytes = 0;
        for (Segment segment : all()) {
            bytes += segment.endPosition;
        }
        return bytes + compacted().sizeBytes();
    }

    /** Lets go of the files. Shard thread. */
    void close() throws IOException {
        for (Segment segment : all()) {
            segment.close();
        }
        for (CompactedSet.Member member : compacted().members()) {
            member.segment().close();
        }
    }

    /** Says that entries have become void while their segment stays: what was read before does not count any more. */
    void onTruncated() {
        truncations.incrementAndGet();
    }

    /** Changes when entries become void. */
    int truncations() {
        return truncations.get();
    }

    /** The segment that is, or stands for, the one with an ordinal; null when it was deleted. */
    Segment get(int ordinal) {
        return segments.get(ordinal);
    }

    @Override
    public Optional<SegmentIndex> find(int ordinal) throws IOException {
        return segments.find(ordinal);
    }
}
