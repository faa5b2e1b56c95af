package io.braid.log;

import io.braid.log.index.IndexSnapshot;
import io.braid.log.index.SegmentInfo;
import io.braid.log.table.Checkpoint;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The one log of a shard on this node. Owned by the shard thread, except where a method says "any thread".
 *
 * <p>An append is visible to readers in the page cache when it returns, and survives a killed process. It survives a power
 * cut once {@link #flushedLsn} is above it; of what is not, a power cut leaves a prefix, never a hole.
 */
public final class SharedLog implements AutoCloseable {
    private static final int EXPIRY_ROWS = 64;

    private final LogHome home;
    private final GroupFlusher flusher;
    private final LogMaintenance maintenance;
    private final LogTail tail;
    private final EntryApplier applier;
    private final LogViews views;
    private final LogLifecycle lifecycle;
    private final LogAppender appender;
    private final CompactionHandover compaction;
    private final long producerSeed;

    private LogTables tables;
    private SegmentSet segments;
    private Optional<LostEntries> lost = Optional.empty();
    private int expiryRow;

    SharedLog(LogHome home, long seed) throws IOException {
        this.home = home;
        this.producerSeed = seed;
        this.flusher = new GroupFlusher(
                home.shard(), home.events(), this::onForceFailed, home.files().forcedMark());
        this.maintenance = new LogMaintenance(home, flusher);
        this.tail = new LogTail(home, flusher, maintenance);
        this.applier = new EntryApplier(maintenance);
        this.views = new LogViews(tail, applier);
        this.lifecycle = new LogLifecycle(home);
        this.appender = new LogAppender(home, lifecycle, flusher, maintenance, tail, applier, views);
        this.compaction = new CompactionHandover(
                new ShardCompaction(home, maintenance, flusher), maintenance, tail, applier, views, appender);
        recover();
    }

    /** Rows of the partitions that have data here. */
    public PartitionTable partitions() {
        return tables.partitions;
    }

    public ProducerTable producers() {
        return tables.producers;
    }

    public EpochTable epochs() {
        return tables.epochs;
    }

    /** LSN of the next entry. */
    public long nextLsn() {
        return applier.nextLsn();
    }

    /**
     * Lowest LSN from which all entries can be read: segments before it may have been deleted. {@link #nextLsn} when the newest
     * segment is among them.
     */
    public long startLsn() {
        return segments.startLsn(nextLsn());
    }

    /** Leader epoch of the entry before {@link #nextLsn}; -1 when the log is empty. */
    public int lastEpoch() {
        return tables.epochs.latestEpoch();
    }

    /** All entries as of now, for readers on any thread; cheap. */
    public EntryView entries() {
        return views.entries();
    }

    /**
     * Appends entries of another replica, which begin with {@link #nextLsn}, as one document (or several beyond 2 MiB), and applies them as an append does.
     * Header CRCs, LSNs, batch CRCs and the order of epochs are checked before anything is written.
     *
     * @param run bytes of an {@link EntryRun}, between position and limit, direct or heap; its headers are overwritten with this
     *     log's tag and forced place
     * @param nowMs wall-clock time (age of segments)
     * @return the new {@link #nextLsn}
     * @throws CorruptRunException nothing was appended
     * @throws LogFullException nothing was appended; the directory is short of space
     * @throws IOException the directory failed and the log is unusable
     */
    public long appendReplicated(ByteBuffer run, long nowMs) throws IOException {
        return appendReplicated(run, nowMs, AppliedEntries.NONE);
    }

    /** As {@link #appendReplicated(ByteBuffer, long)}, and tells of each entry while it is applied. */
    public long appendReplicated(ByteBuffer run, long nowMs, AppliedEntries listener) throws IOException {
        return appender.appendReplicated(run, nowMs, listener);
    }

    /**
     * Pins the log's files for a follower that copies them; costs a few small objects a segment. Close it. What it holds above the
     * commit LSN may be truncated at the follower later, as what the follower appends itself.
     */
    public LogSnapshot snapshot() {
        return new LogSnapshot(
                home.files(), maintenance, segments, rewriting().manifest(), nextLsn(), applier.commitLsn());
    }

    /** What recovery found missing of what had been forced; empty when nothing. Kept until the log is opened anew. */
    public Optional<LostEntries> lostEntries() {
        return lost;
    }

    /** Entries below this LSN survive a power cut. Any thread. */
    public long flushedLsn() {
        return flusher.flushedLsn();
    }

    /** Bytes of the segments on disk, preallocated space not counted. */
    public long sizeBytes() {
        return segments.sizeBytes();
    }

    /** Number of segments, the active one and compacted ones included. */
    public int segmentCount() {
        return segments.all().size() + segments.compacted().members().size();
    }

    /**
     * Writes entries with consecutive LSNs as one document, and applies them to the tables and the index. Does not fsync
     * and does not wait, but for the kernel's own throttling of dirty pages, and for the next segment's file when the
     * background has not made it yet.
     *
     * @param nowMs wall-clock time (age of segments)
     * @return LSN of the first entry
     * @throws LogFullException nothing was written; the directory is short of space
     * @throws IOException nothing was written; the directory failed and the log is unusable
     */
    public long append(EntryBatch entries, long nowMs) throws IOException {
        return appender.append(entries, nowMs);
    }

    /** A snapshot of a partition for readers on any thread; costs a few small objects. */
    public PartitionView view(int partitionRow) {
        return views.partition(partitionRow);
    }

    /** Forces the log; usable from any thread. */
    public LogFlusher flusher() {
        return flusher;
    }

    /**
     * Work that is due, for background threads: forcing, preallocation, index of a sealed segment, checkpoint, unlinking.
     * Call it now and then, every append is not too often, and repeat until it is empty: pieces of different kinds may
     * run at the same time on different threads. Results are picked up by later calls.
     */
    public Optional<Runnable> pollMaintenance(long nowMs) {
        if (!lifecycle.isOpen()) {
            return Optional.empty();
        }
        maintenance.takeResults(this::onSealed, this::onDeleted);
        if (tail.isOld(nowMs)) {
            rollActive();
        }
        expireProducers(nowMs);
        return maintenance.next(nowMs, new LogMaintenance.State(this));
    }

    /** Leaves the segment that is written to; the next append begins a new one. */
    void rollActive() {
        appender.rollActive();
    }

    /** Goes over to a rewritten segment. Views of before go on with the old ones until their files are removed, and then look again. */
    void replaceSegments(List<Segment> old, Segment made) {
        segments.replace(old, made);
        views.forget();
    }

    /**
     * Says up to where sealed segments may be rewritten: entries below are committed, and every in-sync replica has them, so that none asks
     * for them one by one ({@link #startLsn} rises above what is rewritten). 0 when the log is opened; never falls.
     */
    public void rewriteBelow(long lsn) {
        rewriting().below(lsn);
    }

    /** A few rows a call, so that no call takes long. */
    private void expireProducers(long nowMs) {
        expiryRow = tables.producers.expireBefore(
                nowMs - home.config().producerExpiryMs(), Math.max(0, expiryRow), EXPIRY_ROWS);
    }

    private void onSealed(Segment segment, SegmentInfo info) {
        segment.seal(info);
        views.forget();
    }

    private void onDeleted(List<Segment> dead) {
        segments.remove(dead);
        views.forget();
    }

    /** A look for data past its retention, to be run on a background thread; its result is appended by the owner. */
    public RetentionScan retentionScan() {
        int active = tail.active() == null ? -1 : tail.active().ordinal;
        return new PartitionRetention(
                tables.partitions.snapshot(), views.index(), active, ms -> tail.capRoll(active, ms));
    }

    /**
     * A look for what is to be compacted, to be run on a background thread; its result goes to {@link #onCompacted}. It sees the
     * log as of an earlier call until all of that is committed: what may be truncated must neither be compacted nor end data.
     *
     * @return empty when that is still to come, or {@link #onCommitted} was not called yet: ask again in a while
     */
    public Optional<CompactionScan> compactionScan() {
        return lifecycle.isOpen() ? compaction.scan() : Optional.empty();
    }

    /** Takes what a scan has done, in whatever state the log is by now. Cheap. */
    public void onCompacted(CompactionResult result) {
        if (lifecycle.isOpen()) {
            compaction.take(result.install());
        }
    }

    /**
     * Entries below this LSN are committed: they are never truncated, and segments below it may be deleted. Until the first
     * call after the log was opened everything counts as committed as soon as it is appended.
     */
    public void onCommitted(long lsn) {
        applier.onCommitted(lsn);
    }

    /**
     * Drops all entries from {@code lsn} on. Appends a truncation entry to a new segment and forces it: blocks for an fsync. Where
     * the entries are in the active segment, not too many, and were appended since the log was opened and {@link #onCommitted}
     * called, they are taken back one by one; else the log is replayed from a checkpoint. Views taken before throw
     * {@link SegmentGoneException}; tables must be fetched anew.
     *
     * @throws IllegalArgumentException when {@code lsn} is below what is committed or above the next LSN
     * @throws LogFullException there is no space; nothing has changed
     */
    public void truncateTo(long lsn, long nowMs) throws IOException {
        lifecycle.checkOpen();
        long committed = applier.commitLsn();
        if (lsn < Math.min(committed, nextLsn()) || lsn > nextLsn()) {
            throw new IllegalArgumentException(
                    "cannot truncate to " + lsn + ": committed up to " + committed + ", next " + nextLsn());
        }
        if (lsn == nextLsn()) {
            return;
        }
        maintenance.stop();
        compaction.stop();
        maintenance.takeResults(this::onSealed, this::onDeleted);
        EntryBatch entry = new EntryBatch();
        entry.addTruncation(Math.max(0, tables.epochs.latestEpoch()));
        try {
            home.files().removeCheckpointsAbove(lsn);
            boolean cut = applier.canUndo(lsn) && tail.active() != null && lsn >= tail.active().firstLsn;
            if (!cut) {
                tail.retire();
            }
            LogTail.NextSegment next = tail.prepare(entry.bytes(), true, nowMs);
            if (cut) {
                cutActive(lsn, next, entry, nowMs);
            } else {
                replayTo(lsn, next, entry, nowMs);
            }
        } catch (LogFullException e) {
            maintenance.restart();
            compaction.start();
            throw e;
        } catch (IOException | RuntimeException e) {
            throw lifecycle.fail(e);
        }
    }

    /** Takes entries of the active segment back; its file is cut when it is sealed, or by the recovery after a crash. */
    private void cutActive(long lsn, LogTail.NextSegment next, EntryBatch entry, long nowMs) throws IOException {
        Segment cut = tail.active();
        segments.onTruncated();
        applier.undo(lsn, cut);
        flusher.onTruncated(lsn);
        appender.begin(next, nowMs);
        appender.write(entry);
        flusher.forceNow();
        if (cut.firstLsn == lsn) {
            onDeleted(List.of(cut));
            cut.delete();
        }
        maintenance.restart();
        compaction.start();
    }

    private void replayTo(long lsn, LogTail.NextSegment next, EntryBatch entry, long nowMs) throws IOException {
        applier.nextLsn(lsn);
        appender.begin(next, nowMs);
        appender.write(entry);
        flusher.forceNow();
        tail.retire();
        segments.close();
        recover();
    }

    private void recover() throws IOException {
        int tag = LogTag.recover(home);
        LogRecovery.Recovered recovered = LogRecovery.recover(home, tag, producerSeed);
        tables = recovered.tables();
        segments = recovered.segments();
        lost = recovered.lost();
        applier.start(tables, recovered.nextLsn());
        views.forget();
        tail.start(segments, tables, recovered.nextOrdinal(), tag);
        flusher.reset(nextLsn(), LogPosition.of(recovered.nextOrdinal(), 0));
        maintenance.start(recovered.replayedBytes(), recovered.manifest());
        compaction.start();
    }

    /** Stops cleanly: forces, writes the index of the active segment and a checkpoint. Blocks. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!lifecycle.close()) {
            return;
        }
        maintenance.stop();
        compaction.stop();
        maintenance.takeResults(this::onSealed, this::onDeleted);
        try {
            appender.rollActive();
            if (!lifecycle.hasFailed()) {
                maintenance.finish(new LogMaintenance.State(this), this::onSealed);
            }
        } finally {
            flusher.close();
            segments.close();
            home.directory().onClosed(home.shard(), !lifecycle.hasFailed());
        }
    }

    private void onForceFailed(Throwable cause) {
        home.directory().onFailed(cause);
    }

    SegmentSet segments() {
        return segments;
    }

    LogTables tables() {
        return tables;
    }

    IndexSnapshot index() {
        return views.index();
    }

    long forcedPlace() {
        return flusher.forcedPlace();
    }

    long committedLsn() {
        return applier.commitLsn();
    }

    /** Where recovery would have to go on after everything appended so far. */
    Checkpoint.Position position() {
        return tail.position(nextLsn());
    }

    LogTail tail() {
        return tail;
    }

    ShardCompaction compaction() {
        return compaction.scans();
    }

    Rewriting rewriting() {
        return maintenance.rewriting();
    }
}
