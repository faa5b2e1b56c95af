package io.braid.log;

import io.braid.log.index.LsnMarks;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.List;

/** The entries of a log as they were at one moment, by LSN. Immutable; any thread. */
public final class EntryView {
    private final SegmentSet set;
    private final List<Segment> segments;
    private final int truncations;
    private final int logTag;
    private final long startLsn;
    private final long nextLsn;
    private final long hotLsn;
    private final Segment active;
    private final long activeEndPosition;
    private final LsnMarks activeMarks;

    /** @param active the segment that is written to; null when there is none. Shard thread. */
    EntryView(SegmentSet set, Segment active, long nextLsn, int logTag) {
        this.set = set;
        this.segments = set.all();
        this.truncations = set.truncations();
        this.logTag = logTag;
        this.startLsn = set.startLsn(nextLsn);
        this.nextLsn = nextLsn;
        this.active = active;
        this.activeEndPosition = active == null ? 0 : active.endPosition;
        this.activeMarks = active == null ? LsnMarks.NONE : active.rows.marks();
        int oldest = segments.size();
        while (oldest > 0 && !segments.get(oldest - 1).isSealed()) {
            oldest--;
        }
        this.hotLsn = oldest == segments.size() ? nextLsn : segments.get(oldest).firstLsn;
    }

    /** Lowest LSN from which all entries can be read. */
    public long startLsn() {
        return startLsn;
    }

    /** Exclusive end. */
    public long nextLsn() {
        return nextLsn;
    }

    /** Whether reading from {@code lsn} on touches only what was written lately and is almost surely in memory. */
    public boolean hot(long lsn) {
        return lsn >= hotLsn;
    }

    /** As {@link EntryReader#read} for a single read; who follows a log keeps an {@link EntryReader}. */
    public EntryRun read(long fromLsn, int maxBytes, ByteBufAllocator alloc) throws IOException {
        return new EntryReader().read(this, fromLsn, maxBytes, alloc);
    }

    /** What the view shows of a segment: entries below {@code endLsn}, the last of which ends at {@code endPosition}. */
    record Extent(Segment segment, long endLsn, long endPosition) {}

    /** The segment with an entry of the view. */
    Extent find(long lsn) throws IOException {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).firstLsn <= lsn) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Segment found = segments.get(low);
        return found == active
                ? new Extent(found, nextLsn, activeEndPosition)
                : new Extent(found, found.endLsn, found.endPosition);
    }

    /** The way to a segment's entries. Reads the index file of a sealed segment. */
    LsnMarks marks(Segment segment) throws IOException {
        if (segment == active) {
            return activeMarks;
        }
        Segment.InMemory rolled = segment.inMemory();
        return rolled != null ? rolled.rows().marks() : segment.index().marks();
    }

    int logTag() {
        return logTag;
    }

    /** @throws SegmentGoneException entries of the view may have become void */
    void checkNotTruncated() throws SegmentGoneException {
        if (set.truncations() != truncations) {
            throw new SegmentGoneException("the log was truncated");
        }
    }
}
