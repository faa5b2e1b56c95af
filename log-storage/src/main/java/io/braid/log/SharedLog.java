package io.braid.log;

import io.braid.log.index.ActiveIndexView;
import io.braid.log.index.IndexSnapshot;
import io.braid.log.index.SegmentInfo;
import io.braid.log.table.Checkpoint;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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
    private final ShardCompaction compaction;
    private final ReplicatedRun replicated = new ReplicatedRun();
    private final long producerSeed;

    private LogTables tables;
    private SegmentSet segments;
    private Optional<LostEntries> lost = Optional.empty();

    private IndexSnapshot snapshot;
    /** Waits until all it shows is committed. */
    private CompactionView compactionView;

    private EntryView entryView;
    private int expiryRow;
    private boolean closed;
    private IOException failure;

    SharedLog(LogHome home, long seed) throws IOException {
        this.home = home;
        this.producerSeed = seed;
        this.flusher = new GroupFlusher(
                home.shard(), home.events(), this::onForceFailed, home.files().forcedMark());
        this.maintenance = new LogMaintenance(home, flusher);
        this.tail = new LogTail(home, flusher, maintenance);
        this.applier = new EntryApplier(maintenance);
        this.compaction = new ShardCompaction(home, maintenance, flusher);
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
        if (entryView == null) {
            entryView = new EntryView(segments, tail.active(), nextLsn(), tail.logTag());
        }
        return entryView;
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
        checkUsable();
        try {
            replicated.take(run, nextLsn(), tables.epochs.latestEpoch(), tables.partitions);
            if (replicated.size() > 0) {
                makeRoom(replicated.batches(), replicated.bytesInLog(), nowMs);
                replicated.restamp(tail.logTag(), flusher.forcedPlace());
                for (int document = 0; document < replicated.documents(); document++) {
                    writeReplicated(document, listener);
                }
            }
            return nextLsn();
        } finally {
            replicated.clear();
        }
    }

    private void writeReplicated(int document, AppliedEntries listener) throws IOException {
        long at;
        try {
            at = tail.writer().append(replicated, document);
        } catch (IOException | RuntimeException | InternalError e) {
            throw fail(e);
        }
        applier.apply(replicated, document, tail.active(), at, listener);
        onWritten(replicated.documentBytes(document));
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
        long bytes = 0;
        for (Segment segment : segments.all()) {
            bytes += segment.endPosition;
        }
        return bytes + segments.compacted().sizeBytes();
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
        checkUsable();
        if (entries.size() == 0) {
            return nextLsn();
        }
        setKeys(entries);
        makeRoom(entries.batches(), entries.bytes(), nowMs);
        long firstLsn = nextLsn();
        write(entries);
        return firstLsn;
    }

    /** Begins a new segment where the active one has no room for an append. */
    private void makeRoom(int batches, long bytes, long nowMs) throws IOException {
        if (batches > 0 && !home.directory().writable()) {
            throw new LogFullException("log directory " + home.directory().path() + " is short of space");
        }
        if (tail.mustRoll(batches, bytes, nowMs)) {
            begin(tail.prepare(bytes, batches == 0, nowMs), nowMs);
        }
    }

    private void begin(LogTail.NextSegment next, long nowMs) throws IOException {
        try {
            tail.begin(next, nextLsn(), nowMs);
        } catch (IOException | RuntimeException | InternalError e) {
            throw fail(e);
        }
        forgetViews();
    }

    private void forgetViews() {
        snapshot = null;
        entryView = null;
    }

    private void setKeys(EntryBatch entries) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.type(i) == EntryType.BATCH) {
                int row = entries.row(i);
                entries.key(
                        i,
                        tables.partitions.topicIdMsb(row),
                        tables.partitions.topicIdLsb(row),
                        tables.partitions.partition(row));
            }
        }
    }

    private void write(EntryBatch entries) throws IOException {
        long at;
        try {
            at = tail.writer().append(entries, nextLsn(), tail.logTag(), flusher.forcedPlace());
        } catch (IOException | RuntimeException | InternalError e) {
            throw fail(e);
        }
        applier.apply(entries, tail.active(), at);
        onWritten(entries.bytes());
    }

    private void onWritten(long bytes) {
        Segment active = tail.active();
        active.endPosition = tail.writer().endPosition();
        active.endLsn = nextLsn();
        forgetViews();
        flusher.onAppended(nextLsn(), LogPosition.of(active.ordinal, active.endPosition), bytes);
        maintenance.onAppended(bytes);
    }

    /** A snapshot of a partition for readers on any thread; costs a few small objects. */
    public PartitionView view(int partitionRow) {
        return new PartitionView(
                segments,
                segments.list(),
                indexSnapshot().of(tables.partitions, partitionRow),
                tables.partitions.logStartOffset(partitionRow),
                tables.partitions.nextOffset(partitionRow),
                tables.partitions.sizeBytes(partitionRow));
    }

    private IndexSnapshot indexSnapshot() {
        if (snapshot == null) {
            List<ActiveIndexView> views = new ArrayList<>();
            for (Segment segment : segments.all()) {
                Segment.InMemory rolled = segment.inMemory();
                if (rolled != null) {
                    views.add(rolled.rows());
                }
            }
            if (tail.active() != null) {
                views.add(tail.active().rows.view());
            }
            snapshot = new IndexSnapshot(views, segments.list());
        }
        return snapshot;
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
        if (closed || failure != null) {
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
        tail.retire();
        forgetViews();
    }

    /** Goes over to a rewritten segment. Views of before go on with the old ones until their files are removed, and then look again. */
    void replaceSegments(List<Segment> old, Segment made) {
        segments.replace(old, made);
        forgetViews();
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
        forgetViews();
    }

    private void onDeleted(List<Segment> dead) {
        segments.remove(dead);
        forgetViews();
    }

    /** A look for data past its retention, to be run on a background thread; its result is appended by the owner. */
    public RetentionScan retentionScan() {
        int active = tail.active() == null ? -1 : tail.active().ordinal;
        return new PartitionRetention(
                tables.partitions.snapshot(), indexSnapshot(), active, ms -> tail.capRoll(active, ms));
    }

    /**
     * A look for what is to be compacted, to be run on a background thread; its result goes to {@link #onCompacted}. It sees the
     * log as of an earlier call until all of that is committed: what may be truncated must neither be compacted nor end data.
     *
     * @return empty when that is still to come, or {@link #onCommitted} was not called yet: ask again in a while
     */
    public Optional<CompactionScan> compactionScan() {
        if (closed || failure != null || committedLsn() == Long.MAX_VALUE) {
            return Optional.empty();
        }
        if (compactionView == null) {
            compactionView = compactionView();
        }
        if (compactionView.asOfLsn() > committedLsn()) {
            return Optional.empty();
        }
        CompactionScan scan = compaction.scan(compactionView);
        compactionView = null;
        return Optional.of(scan);
    }

    private CompactionView compactionView() {
        int endOrdinal = tail.nextOrdinal();
        for (Segment segment : segments.all()) {
            if (!segment.isSealed()) {
                endOrdinal = segment.ordinal;
                break;
            }
        }
        Segment active = tail.active();
        return new CompactionView(
                segments.list(),
                segments.compacted(),
                indexSnapshot(),
                tables.partitions.snapshot(),
                tables.producers.snapshot(),
                nextLsn(),
                endOrdinal,
                active == null ? -1 : active.ordinal,
                active == null ? 0 : active.firstAppendMs,
                tail.logTag());
    }

    /** Takes what a scan has done, in whatever state the log is by now. Cheap. */
    public void onCompacted(CompactionResult result) {
        CompactionResult.Install install = result.install();
        if (closed || failure != null || install.log != compaction) {
            return; // whole files count when the log is opened again
        }
        CompactedSet set = segments.compacted();
        List<Segment> gone = new ArrayList<>(install.dead);
        gone.removeIf(segment -> set.get(segment.ordinal) != segment);
        if (!install.made.isEmpty() || !gone.isEmpty()) {
            segments.compacted(set.without(gone).with(install.made));
            compaction.onRemoved(gone);
            forgetViews();
            maintenance.onDataDied();
        }
        for (CompactionResult.Change change : install.changes) {
            int row = tables.partitions.find(
                    change.key().idMsb(), change.key().idLsb(), change.key().partition());
            if (row >= 0) {
                tables.partitions.addBytes(row, Math.max(change.bytes(), -tables.partitions.sizeBytes(row)));
            }
        }
        if (tail.active() != null && tail.active().ordinal == install.sealOrdinal) {
            rollActive();
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
        checkUsable();
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
        compactionView = null;
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
            compaction.start(segments.compacted());
            throw e;
        } catch (IOException | RuntimeException e) {
            throw fail(e);
        }
    }

    /** Takes entries of the active segment back; its file is cut when it is sealed, or by the recovery after a crash. */
    private void cutActive(long lsn, LogTail.NextSegment next, EntryBatch entry, long nowMs) throws IOException {
        Segment cut = tail.active();
        segments.onTruncated();
        applier.undo(lsn, cut);
        flusher.onTruncated(lsn);
        begin(next, nowMs);
        write(entry);
        flusher.forceNow();
        if (cut.firstLsn == lsn) {
            onDeleted(List.of(cut));
            cut.delete();
        }
        maintenance.restart();
        compaction.start(segments.compacted());
    }

    private void replayTo(long lsn, LogTail.NextSegment next, EntryBatch entry, long nowMs) throws IOException {
        applier.nextLsn(lsn);
        begin(next, nowMs);
        write(entry);
        flusher.forceNow();
        tail.retire();
        closeSegments();
        recover();
    }

    private void recover() throws IOException {
        int tag = LogTag.recover(home);
        LogRecovery.Recovered recovered = LogRecovery.recover(home, tag, producerSeed);
        tables = recovered.tables();
        segments = recovered.segments();
        lost = recovered.lost();
        applier.start(tables, recovered.nextLsn());
        forgetViews();
        tail.start(segments, tables, recovered.nextOrdinal(), tag);
        flusher.reset(nextLsn(), LogPosition.of(recovered.nextOrdinal(), 0));
        maintenance.start(recovered.replayedBytes(), recovered.manifest());
        compaction.start(segments.compacted());
    }

    /** Stops cleanly: forces, writes the index of the active segment and a checkpoint. Blocks. Idempotent. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        maintenance.stop();
        compaction.stop();
        maintenance.takeResults(this::onSealed, this::onDeleted);
        try {
            tail.retire();
            forgetViews();
            if (failure == null) {
                maintenance.finish(new LogMaintenance.State(this), this::onSealed);
            }
        } finally {
            flusher.close();
            closeSegments();
            home.directory().onClosed(home.shard(), failure == null);
        }
    }

    private void closeSegments() throws IOException {
        for (Segment segment : segments.all()) {
            segment.close();
        }
        for (CompactedSet.Member member : segments.compacted().members()) {
            member.segment().close();
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw new IOException("the log of shard " + home.shard() + " failed: " + failure.getMessage(), failure);
        }
        if (closed) {
            throw new IOException("the log of shard " + home.shard() + " is closed");
        }
    }

    private IOException fail(Throwable cause) {
        failure = cause instanceof IOException io
                ? io
                : new IOException("the log of shard " + home.shard() + " failed", cause);
        home.directory().onFailed(failure);
        return failure;
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
        return indexSnapshot();
    }

    long forcedPlace() {
        return flusher.forcedPlace();
    }

    long committedLsn() {
        return applier.commitLsn();
    }

    /** Where recovery would have to go on after everything appended so far. */
    Checkpoint.Position position() {
        int firstUnindexed = tail.nextOrdinal();
        for (Segment segment : segments.all()) {
            if (!segment.isSealed()) {
                firstUnindexed = segment.ordinal;
                break;
            }
        }
        Segment active = tail.active();
        return active == null
                ? new Checkpoint.Position(nextLsn(), firstUnindexed, tail.nextOrdinal(), 0)
                : new Checkpoint.Position(nextLsn(), firstUnindexed, active.ordinal, active.endPosition);
    }

    LogTail tail() {
        return tail;
    }

    ShardCompaction compaction() {
        return compaction;
    }

    Rewriting rewriting() {
        return maintenance.rewriting();
    }
}
