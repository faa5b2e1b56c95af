package io.braid.log;

import io.braid.log.index.ActiveIndexView;
import io.braid.log.index.IndexSnapshot;
import io.braid.log.table.PartitionTable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log shows to other threads: immutable views. Those of the index and of the entries are made when they are asked for, and
 * given out again until the log changes: whatever changes it calls {@link #forget}. Owned by the shard thread.
 */
final class LogViews {
    private final LogTail tail;
    private final EntryApplier applier;

    private IndexSnapshot index;
    private EntryView entries;

    LogViews(LogTail tail, EntryApplier applier) {
        this.tail = tail;
        this.applier = applier;
    }

    /** The log has changed. */
    void forget() {
        index = null;
        entries = null;
    }

    /** All entries as of now. */
    EntryView entries() {
        if (entries == null) {
            entries = new EntryView(tail.segments(), tail.active(), applier.nextLsn(), tail.logTag());
        }
        return entries;
    }

    /** Where the batches of all partitions are, as of now. */
    IndexSnapshot index() {
        if (index == null) {
            List<ActiveIndexView> views = new ArrayList<>();
            for (Segment segment : tail.segments().all()) {
                Segment.InMemory rolled = segment.inMemory();
                if (rolled != null) {
                    views.add(rolled.rows());
                }
            }
            if (tail.active() != null) {
                views.add(tail.active().rows.view());
            }
            index = new IndexSnapshot(views, tail.segments().list());
        }
        return index;
    }

    PartitionView partition(int row) {
        SegmentSet segments = tail.segments();
        PartitionTable partitions = applier.tables().partitions;
        return new PartitionView(
                segments,
                segments.list(),
                index().of(partitions, row),
                partitions.logStartOffset(row),
                partitions.nextOffset(row),
                partitions.sizeBytes(row));
    }

    /** The log as of now, with its tables. */
    CompactionView compaction() {
        SegmentSet segments = tail.segments();
        LogTables tables = applier.tables();
        Segment active = tail.active();
        return new CompactionView(
                segments.list(),
                segments.compacted(),
                index(),
                tables.partitions.snapshot(),
                tables.producers.snapshot(),
                applier.nextLsn(),
                tail.firstUnsealed(),
                active == null ? -1 : active.ordinal,
                active == null ? 0 : active.firstAppendMs,
                tail.logTag());
    }
}
