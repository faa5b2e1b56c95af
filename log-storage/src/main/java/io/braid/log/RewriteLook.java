package io.braid.log;

import io.braid.log.index.ActiveIndexView;
import io.braid.log.index.CorruptIndexException;
import io.braid.log.rewrite.RewritePlanner;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A look over a log for segments that are worth being rewritten. Used once, on a background thread; blocks. */
final class RewriteLook {
    private final SegmentList segments;
    private final PartitionSnapshot partitions;
    private final long lsn;
    private final long committedBelow;
    private final long checkpointLsn;
    private final Optional<ActiveIndexView> active;

    /**
     * What was found.
     *
     * @param inputs segments to be rewritten, neighbours in the log; empty when none is worth it
     * @param reason why
     * @param activeIsDead more than half of what is in the segment that is written to is dead
     * @param waitsForCheckpoint bytes that could be had once a checkpoint lies above them
     * @param fileBytes of the sealed segments
     * @param deadBytes of the batches in them
     */
    record Found(
            List<Segment> inputs,
            Optional<RewritePlanner.Reason> reason,
            boolean activeIsDead,
            long waitsForCheckpoint,
            long fileBytes,
            long deadBytes) {}

    /**
     * Shard thread.
     *
     * @param lsn what the partitions are as of
     * @param committedBelow no follower needs entries below it one by one
     * @param checkpointLsn partitions' offsets are known from there on without the segments before
     * @param active rows of the segment that is written to
     */
    RewriteLook(
            SegmentList segments,
            PartitionSnapshot partitions,
            long lsn,
            long committedBelow,
            long checkpointLsn,
            Optional<ActiveIndexView> active) {
        this.segments = segments;
        this.partitions = partitions;
        this.lsn = lsn;
        this.committedBelow = committedBelow;
        this.checkpointLsn = checkpointLsn;
        this.active = active;
    }

    long lsn() {
        return lsn;
    }

    PartitionSnapshot partitions() {
        return partitions;
    }

    SegmentList segments() {
        return segments;
    }

    /** @param spaceBytes that a new segment may take */
    Found run(RewritePlanner planner, long sortAfterMs, long minActiveBytes, long nowMs, long spaceBytes)
            throws IOException {
        List<Segment> looked = new ArrayList<>();
        List<RewritePlanner.Candidate> candidates = new ArrayList<>();
        long waiting = 0;
        long fileBytes = 0;
        long deadBytes = 0;
        for (Segment segment : segments.all()) {
            if (!segment.isSealed() || segment.isDropped()) {
                continue;
            }
            boolean below = segment.endLsn <= Math.min(committedBelow, lsn);
            boolean eligible = below && segment.endLsn <= checkpointLsn;
            SegmentWorth worth = worth(segment, nowMs);
            if (worth == null) {
                continue;
            }
            boolean old = nowMs - segment.info().sealedMs() >= sortAfterMs;
            candidates.add(new RewritePlanner.Candidate(
                    eligible && worth.keptBatches() > 0 && !segment.damaged,
                    segment.endPosition,
                    worth.keptBytes(),
                    worth.keptBatches(),
                    worth.deadSinceMs(),
                    segment.info().sealedMs(),
                    eligible && old && worth.isScattered(segment)));
            looked.add(segment);
            waiting += below && !eligible ? Math.max(0, segment.endPosition - worth.keptBytes()) : 0;
            fileBytes += segment.endPosition;
            deadBytes += worth.deadBytes();
        }
        Optional<RewritePlanner.Plan> plan = planner.plan(candidates, nowMs, spaceBytes);
        return new Found(
                plan.map(found -> looked.subList(found.from(), found.to() + 1)).orElse(List.of()),
                plan.map(RewritePlanner.Plan::reason),
                isActiveDead(minActiveBytes),
                waiting,
                fileBytes,
                deadBytes);
    }

    /** Null when the segment is gone, or its index cannot be used. */
    private SegmentWorth worth(Segment segment, long nowMs) throws IOException {
        try {
            SegmentWorth worth = segment.worth == null ? new SegmentWorth() : segment.worth;
            worth.look(segment, partitions, segments.compacted(), nowMs);
            segment.worth = worth;
            return worth;
        } catch (SegmentGoneException | CorruptIndexException e) {
            return null;
        }
    }

    private boolean isActiveDead(long minBytes) {
        if (active.isEmpty()) {
            return false;
        }
        ActiveIndexView rows = active.get();
        long all = 0;
        for (int row = 0; row < rows.rows(); row++) {
            all += rows.sizeBytes(row);
        }
        long[] live = {0};
        partitions.forEach(partition -> {
            if (partitions.newestSegment(partition) == rows.segment()) {
                long start = partitions.logStartOffset(partition);
                for (int row = partitions.newestActiveRow(partition);
                        row >= 0 && rows.lastOffset(row) >= start;
                        row = rows.previous(row)) {
                    live[0] += rows.sizeBytes(row);
                }
            }
        });
        return all - live[0] >= minBytes && all - live[0] > all / 2;
    }
}
