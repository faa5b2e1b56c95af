package io.braid.log;

import io.braid.log.index.DirectoryEntry;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds sealed segments without live data: every batch below its partition's log start, or of a partition that is gone.
 * Used once, on a background thread.
 */
final class DeadSegments {
    private final List<Segment> segments;
    private final PartitionSnapshot partitions;
    private final long lsn;

    /** @param lsn what the partitions are as of: only what lies below it is judged, once it is committed */
    DeadSegments(List<Segment> segments, PartitionSnapshot partitions, long lsn) {
        this.segments = segments;
        this.partitions = partitions;
        this.lsn = lsn;
    }

    long lsn() {
        return lsn;
    }

    /** @param checkpointLsn a segment must lie below it: its partitions' offsets are known from there on without it */
    List<Segment> find(long checkpointLsn) throws IOException {
        List<Segment> dead = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment.isSealed()
                    && !segment.rewriting
                    && !segment.isDropped()
                    && segment.endLsn <= Math.min(lsn, checkpointLsn)
                    && !isLive(segment)) {
                dead.add(segment);
            }
        }
        return dead;
    }

    /** Whether the newest of the segments is among those found. */
    boolean isNewest(List<Segment> found) {
        return found.get(found.size() - 1) == segments.get(segments.size() - 1);
    }

    private boolean isLive(Segment segment) throws IOException {
        DirectoryEntry witness = segment.liveWitness;
        if (witness != null && isLive(witness)) {
            return true;
        }
        segment.liveWitness = null;
        segment.index().forEach(entry -> {
            if (isLive(entry)) {
                segment.liveWitness = entry;
            }
            return segment.liveWitness == null;
        });
        return segment.liveWitness != null;
    }

    private boolean isLive(DirectoryEntry entry) {
        int row = partitions.find(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
        return row >= 0 && entry.lastOffset() >= partitions.logStartOffset(row);
    }
}
