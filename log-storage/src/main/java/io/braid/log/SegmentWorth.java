package io.braid.log;

import io.braid.log.index.BatchLocation;
import io.braid.log.index.DirectoryEntry;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentWalk;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;

/** What a sealed segment's data is worth: how much of it is live, and whether it is scattered. Used by one background thread at a time. */
final class SegmentWorth {
    /** Of the header and the ends of a rewritten file. */
    private static final int FILE_OVERHEAD = 256;

    private static final int PARTITION_OVERHEAD = 72;
    private static final int BATCH_OVERHEAD = 12;

    /** Reads of whole runs from this size on are not worth to be made any longer. */
    private static final long LONG_RUN_BYTES = 64 << 10;

    /** Sorting a segment copies all of it: it is worth it for this part of its bytes. */
    private static final long SCATTERED_SHARE = 4;

    /** What lies between two batches that a read takes in one go. */
    private static final long GAP_BYTES = 256;

    private long keptBytes;
    private long keptBatches;
    private long deadBytes;
    private long deadSinceMs = -1;
    private Boolean scattered;

    /** Looks at the segment's directory; blocks. */
    void look(Segment segment, PartitionSnapshot partitions, CompactedSet compacted, long nowMs) throws IOException {
        keptBytes = FILE_OVERHEAD;
        keptBatches = 0;
        deadBytes = 0;
        segment.index().forEach(entry -> {
            double live = liveShare(entry, partitions, compacted);
            if (live > 0) {
                long batches = Math.max(1, Math.round(live * entry.batches()));
                long bytes = Math.round(live * entry.bytes());
                keptBatches += batches;
                keptBytes += PARTITION_OVERHEAD + batches * BATCH_OVERHEAD + bytes;
                deadBytes += entry.bytes() - bytes;
            } else {
                deadBytes += entry.bytes();
            }
            return true;
        });
        if (deadBytes == 0) {
            deadSinceMs = -1;
        } else if (deadSinceMs < 0) {
            deadSinceMs = nowMs;
        }
    }

    /** By offsets; exact but for the one segment in which the log start lies, or where compaction has come to. */
    private static double liveShare(DirectoryEntry entry, PartitionSnapshot partitions, CompactedSet compacted)
            throws IOException {
        int row = partitions.find(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
        if (row < 0 || entry.lastOffset() < partitions.logStartOffset(row)) {
            return 0;
        }
        long compactedEnd = compacted.endOffset(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
        if (entry.lastOffset() < compactedEnd) {
            return 0;
        }
        long start = Math.max(entry.firstOffset(), Math.max(compactedEnd, partitions.logStartOffset(row)));
        return (entry.lastOffset() - start + 1.0) / (entry.lastOffset() - entry.firstOffset() + 1.0);
    }

    /** Bytes of its file once it is rewritten; an estimate. */
    long keptBytes() {
        return keptBytes;
    }

    int keptBatches() {
        return (int) keptBatches;
    }

    /** Of the batches in it. */
    long deadBytes() {
        return deadBytes;
    }

    /** When dead bytes were first seen in it by this process; -1 as long as there are none. */
    long deadSinceMs() {
        return deadSinceMs;
    }

    /** Whether sorting it would make reads of its partitions longer. Reads the whole index when it is asked for the first time. */
    boolean isScattered(Segment segment) throws IOException {
        if (scattered == null) {
            scattered = !segment.isRewritten() && isScattered(segment.index());
        }
        return scattered;
    }

    /** Whether enough of its bytes are of partitions that lie in several short runs each, however many others lie in one. */
    private static boolean isScattered(SegmentIndex index) throws IOException {
        SegmentWalk walk = new SegmentWalk(index);
        long all = 0;
        long scattered = 0;
        for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
            long runs = 0;
            long bytes = 0;
            long end = Long.MIN_VALUE;
            for (int i = 0; i < entry.get().batches(); i++) {
                BatchLocation batch = walk.batch(i);
                runs += end >= 0 && batch.position() - end <= GAP_BYTES ? 0 : 1;
                end = batch.position() + batch.sizeBytes();
                bytes += batch.sizeBytes();
            }
            all += bytes;
            scattered += runs > 1 && bytes < runs * LONG_RUN_BYTES ? bytes : 0;
        }
        return scattered > 0 && scattered >= all / SCATTERED_SHARE;
    }
}
