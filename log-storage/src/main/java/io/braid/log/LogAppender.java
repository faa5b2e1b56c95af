package io.braid.log;

import io.braid.log.table.PartitionTable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Appends to the end of a log: makes room, writes the entries as documents, and applies them to the tables and the index. Owned by
 * the shard thread. Sizes are in bytes, headers of entries included; times are wall-clock milliseconds.
 *
 * <p>When an append returns, the tables, the views and the segment's end agree with the file; when a write fails, the log has failed.
 */
final class LogAppender {
    private final LogHome home;
    private final LogLifecycle lifecycle;
    private final GroupFlusher flusher;
    private final LogMaintenance maintenance;
    private final LogTail tail;
    private final EntryApplier applier;
    private final LogViews views;
    private final ReplicatedRun replicated = new ReplicatedRun();

    LogAppender(
            LogHome home,
            LogLifecycle lifecycle,
            GroupFlusher flusher,
            LogMaintenance maintenance,
            LogTail tail,
            EntryApplier applier,
            LogViews views) {
        this.home = home;
        this.lifecycle = lifecycle;
        this.flusher = flusher;
        this.maintenance = maintenance;
        this.tail = tail;
        this.applier = applier;
        this.views = views;
    }

    /** As {@link SharedLog#append}. */
    long append(EntryBatch entries, long nowMs) throws IOException {
        lifecycle.checkOpen();
        if (entries.size() == 0) {
            return applier.nextLsn();
        }
        setKeys(entries);
        makeRoom(entries.batches(), entries.bytes(), nowMs);
        long firstLsn = applier.nextLsn();
        write(entries);
        return firstLsn;
    }

    private void setKeys(EntryBatch entries) {
        PartitionTable partitions = applier.tables().partitions;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.type(i) == EntryType.BATCH) {
                int row = entries.row(i);
                entries.key(i, partitions.topicIdMsb(row), partitions.topicIdLsb(row), partitions.partition(row));
            }
        }
    }

    /** As {@link SharedLog#appendReplicated(ByteBuffer, long, AppliedEntries)}. */
    long appendReplicated(ByteBuffer run, long nowMs, AppliedEntries listener) throws IOException {
        lifecycle.checkOpen();
        LogTables tables = applier.tables();
        try {
            replicated.take(run, applier.nextLsn(), tables.epochs.latestEpoch(), tables.partitions);
            if (replicated.size() > 0) {
                makeRoom(replicated.batches(), replicated.bytesInLog(), nowMs);
                replicated.restamp(tail.logTag(), flusher.forcedPlace());
                for (int document = 0; document < replicated.documents(); document++) {
                    writeReplicated(document, listener);
                }
            }
            return applier.nextLsn();
        } finally {
            replicated.clear();
        }
    }

    private void writeReplicated(int document, AppliedEntries listener) throws IOException {
        long at;
        try {
            at = tail.writer().append(replicated, document);
        } catch (IOException | RuntimeException | InternalError e) {
            throw lifecycle.fail(e);
        }
        applier.apply(replicated, document, tail.active(), at, listener);
        onWritten(replicated.documentBytes(document));
    }

    /** Begins a new segment where the active one has no room for an append. */
    private void makeRoom(int batches, long bytes, long nowMs) throws IOException {
        if (batches > 0 && !home.directory().writable()) {
            throw new LogFullException("log directory " + home.directory().path() + " is short of space");
        }
        if (tail.mustRoll(batches, bytes, nowMs)) {
            begin(prepare(bytes, batches == 0, nowMs), nowMs);
        }
    }

    private LogTail.NextSegment prepare(long bytes, boolean beyondReserve, long nowMs) throws IOException {
        try {
            return tail.prepare(bytes, beyondReserve, nowMs);
        } catch (LogFullException e) {
            throw e; // nothing has changed
        } catch (IOException e) {
            throw lifecycle.fail(e);
        }
    }

    /** Goes on in the next segment, from the next LSN on. */
    void begin(LogTail.NextSegment next, long nowMs) throws IOException {
        try {
            tail.begin(next, applier.nextLsn(), nowMs);
        } catch (IOException | RuntimeException | InternalError e) {
            throw lifecycle.fail(e);
        }
        views.forget();
    }

    /** Writes entries to the active segment, which has room for them, as one document. */
    void write(EntryBatch entries) throws IOException {
        long at;
        try {
            at = tail.writer().append(entries, applier.nextLsn(), tail.logTag(), flusher.forcedPlace());
        } catch (IOException | RuntimeException | InternalError e) {
            throw lifecycle.fail(e);
        }
        applier.apply(entries, tail.active(), at);
        onWritten(entries.bytes());
    }

    private void onWritten(long bytes) {
        Segment active = tail.active();
        long nextLsn = applier.nextLsn();
        active.endPosition = tail.writer().endPosition();
        active.endLsn = nextLsn;
        views.forget();
        flusher.onAppended(nextLsn, LogPosition.of(active.ordinal, active.endPosition), bytes);
        maintenance.onAppended(bytes);
    }

    /** Leaves the segment that is written to; the next append begins a new one. */
    void rollActive() {
        tail.retire();
        views.forget();
    }
}
