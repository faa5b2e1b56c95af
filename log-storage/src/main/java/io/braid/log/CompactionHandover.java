package io.braid.log;

import io.braid.log.table.PartitionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The shard thread's side of a log's compaction: gives out views for scans, and takes what they made into the log. What a scan does
 * meanwhile, on a thread of its own, is {@link ShardCompaction}'s. Owned by the shard thread.
 *
 * <p>A view is given out once all that it shows is committed: what may be truncated is neither compacted nor ends data. A result is
 * taken in whatever state the log is by then; of one that is not taken, whole files count when the log is opened again.
 */
final class CompactionHandover {
    private final ShardCompaction scans;
    private final LogMaintenance maintenance;
    private final LogTail tail;
    private final EntryApplier applier;
    private final LogViews views;
    private final LogAppender appender;

    /** Waits until all it shows is committed; null when no scan was asked for since the last one was given out. */
    private CompactionView waiting;

    CompactionHandover(
            ShardCompaction scans,
            LogMaintenance maintenance,
            LogTail tail,
            EntryApplier applier,
            LogViews views,
            LogAppender appender) {
        this.scans = scans;
        this.maintenance = maintenance;
        this.tail = tail;
        this.applier = applier;
        this.views = views;
        this.appender = appender;
    }

    ShardCompaction scans() {
        return scans;
    }

    /** Begins after recovery, or again after {@link #stop}. */
    void start() {
        scans.start(tail.segments().compacted());
    }

    /** Ends the scan that is running, and waits for it; what was given out or waits is void. */
    void stop() {
        scans.stop();
        waiting = null;
    }

    /** As {@link SharedLog#compactionScan}. */
    Optional<CompactionScan> scan() {
        long committedLsn = applier.commitLsn();
        if (committedLsn == Long.MAX_VALUE) {
            return Optional.empty();
        }
        if (waiting == null) {
            waiting = views.compaction();
        }
        if (waiting.asOfLsn() > committedLsn) {
            return Optional.empty();
        }
        CompactionScan scan = scans.scan(waiting);
        waiting = null;
        return Optional.of(scan);
    }

    /** As {@link SharedLog#onCompacted}. */
    void take(CompactionResult.Install install) {
        if (install.log != scans) {
            return;
        }
        takeSegments(install);
        PartitionTable partitions = applier.tables().partitions;
        for (CompactionResult.Change change : install.changes) {
            int row = partitions.find(
                    change.key().idMsb(), change.key().idLsb(), change.key().partition());
            if (row >= 0) {
                partitions.addBytes(row, Math.max(change.bytes(), -partitions.sizeBytes(row)));
            }
        }
        if (tail.active() != null && tail.active().ordinal == install.sealOrdinal) {
            appender.rollActive();
        }
    }

    private void takeSegments(CompactionResult.Install install) {
        SegmentSet segments = tail.segments();
        CompactedSet set = segments.compacted();
        List<Segment> gone = new ArrayList<>(install.dead);
        gone.removeIf(segment -> set.get(segment.ordinal) != segment);
        if (!install.made.isEmpty() || !gone.isEmpty()) {
            segments.compacted(set.without(gone).with(install.made));
            scans.onRemoved(gone);
            views.forget();
            maintenance.onDataDied();
        }
    }
}
