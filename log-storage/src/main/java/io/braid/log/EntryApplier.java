package io.braid.log;

import java.nio.ByteBuffer;

/**
 * Applies what was just appended to the tables and to the index of the active segment, entry by entry, and can take back what is
 * not committed. Owned by the shard thread, except where a method says "any thread".
 */
final class EntryApplier {
    private final LogMaintenance maintenance;
    private final UndoLog undo = new UndoLog();

    private LogTables tables;
    private long nextLsn;
    private volatile long commitLsn = Long.MAX_VALUE;

    EntryApplier(LogMaintenance maintenance) {
        this.maintenance = maintenance;
    }

    /** Begins after recovery. */
    void start(LogTables recovered, long lsn) {
        tables = recovered;
        nextLsn = lsn;
        undo.clear(lsn);
    }

    LogTables tables() {
        return tables;
    }

    /** LSN of the next entry. */
    long nextLsn() {
        return nextLsn;
    }

    /** Goes on at another LSN; for a truncation that the log is replayed after. */
    void nextLsn(long lsn) {
        nextLsn = lsn;
    }

    /** Entries below are never taken back. Any thread. */
    long commitLsn() {
        return commitLsn;
    }

    void onCommitted(long lsn) {
        commitLsn = lsn;
        undo.onCommitted(lsn);
    }

    /** Applies entries whose first one's header is at {@code position} of the segment. */
    void apply(EntryBatch entries, Segment active, long position) {
        if (entries.type(0) == EntryType.TRUNCATION) {
            return;
        }
        active.rows.mark(nextLsn, position - SegmentWriter.FRAME_BYTES);
        long at = position;
        long endBefore = active.endPosition;
        for (int i = 0; i < entries.size(); i++) {
            byte type = entries.type(i);
            tables.onEpoch(entries.leaderEpoch(i), nextLsn);
            if (type == EntryType.BATCH) {
                ByteBuffer payload = entries.payload(i);
                applyBatch(active, endBefore, entries.row(i), payload, payload.position(), at + EntryHeader.SIZE);
            } else {
                applyOther(
                        endBefore, type, entries.idMsb(i), entries.idLsb(i), entries.partition(i), entries.offset(i));
            }
            nextLsn++;
            at += entries.entryBytes(i);
            endBefore = at;
        }
    }

    /** As {@link #apply(EntryBatch, Segment, long)}, for a document of a run; tells of each entry. */
    void apply(ReplicatedRun run, int document, Segment active, long position, AppliedEntries listener) {
        active.rows.mark(nextLsn, position - SegmentWriter.FRAME_BYTES);
        ByteBuffer bytes = run.bytes();
        long at = position;
        long endBefore = active.endPosition;
        for (int i = run.firstEntry(document); i < run.endEntry(document); i++) {
            int header = run.header(i);
            byte type = EntryHeader.type(bytes, header);
            long idMsb = EntryHeader.topicIdMsb(bytes, header);
            long idLsb = EntryHeader.topicIdLsb(bytes, header);
            int partition = EntryHeader.partition(bytes, header);
            tables.onEpoch(EntryHeader.leaderEpoch(bytes, header), nextLsn);
            if (type == EntryType.BATCH) {
                int payload = EntryHeader.payload(bytes, header);
                int row = tables.partitions.findOrAdd(idMsb, idLsb, partition);
                long start = tables.partitions.nextOffset(row);
                applyBatch(active, endBefore, row, bytes, payload, at + (payload - header));
                listener.onBatch(
                        nextLsn,
                        row,
                        start,
                        tables.partitions.nextOffset(row),
                        EntryHeader.payloadLength(bytes, header));
            } else {
                long offset = EntryHeader.baseOffset(bytes, header);
                if (type == EntryType.LOG_START) {
                    listener.onLogStart(nextLsn, idMsb, idLsb, partition, offset);
                } else if (type == EntryType.TOPIC_DELETED) {
                    listener.onTopicDeleted(nextLsn, idMsb, idLsb);
                }
                applyOther(endBefore, type, idMsb, idLsb, partition, offset);
            }
            nextLsn++;
            at += run.entryBytes(i);
            endBefore = at;
        }
    }

    /** @param endBefore where the entry before this one ends in the segment */
    private void applyBatch(Segment active, long endBefore, int row, ByteBuffer buffer, int batch, long position) {
        if (nextLsn >= commitLsn) {
            undo.onBatch(nextLsn, endBefore, tables, row, buffer, batch);
        }
        tables.onBatch(row, buffer, batch);
        tables.index(active.rows, row, buffer, batch, position);
    }

    private void applyOther(long endBefore, byte type, long idMsb, long idLsb, int partition, long offset) {
        boolean uncommitted = nextLsn >= commitLsn;
        if (type == EntryType.LOG_START) {
            if (uncommitted) {
                int row = tables.partitions.findOrAdd(idMsb, idLsb, partition);
                undo.onLogStart(nextLsn, endBefore, tables, row);
            }
            tables.onLogStart(idMsb, idLsb, partition, offset);
            maintenance.onDataDied();
        } else if (type == EntryType.TOPIC_DELETED) {
            if (uncommitted) {
                undo.onTopicDeleted(nextLsn, endBefore, tables, idMsb, idLsb);
            }
            tables.onTopicDeleted(idMsb, idLsb);
            maintenance.onDataDied();
        } else if (uncommitted) {
            undo.onOther(nextLsn, endBefore);
        }
    }

    /** Whether {@link #undo} can take back the entries from {@code lsn} on. */
    boolean canUndo(long lsn) {
        return undo.reaches(lsn);
    }

    /** Takes back the entries from {@code lsn} on, all of which are in the active segment, and ends that before them. */
    void undo(long lsn, Segment active) {
        active.endPosition = undo.undo(lsn, tables);
        active.endLsn = lsn;
        active.rows.cutMarks(lsn);
        nextLsn = lsn;
    }
}
