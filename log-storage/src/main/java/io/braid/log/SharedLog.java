package io.braid.log;

import io.braid.log.index.ActiveIndex;
import io.braid.log.index.ActiveIndexView;
import io.braid.log.index.IndexSnapshot;
import io.braid.log.index.SegmentInfo;
import io.braid.log.table.Checkpoint;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final int shard;
    private final LogFiles files;
    private final LogConfig config;
    private final LogListener events;
    private final LogDirectory directory;
    private final GroupFlusher flusher;
    private final LogMaintenance maintenance;
    private final long producerSeed;
    private int logTag;

    private LogTables tables;
    private SegmentSet segments;
    private long nextLsn;
    private volatile long commitLsn = Long.MAX_VALUE;
    private int nextOrdinal;

    private Path queue;
    private SegmentWriter writer;
    private Segment active;
    private long segmentBytes;
    private long allocatedBytes;
    private IndexSnapshot snapshot;
    private int expiryRow;
    private boolean closed;
    private IOException failure;

    SharedLog(int shard, LogFiles files, LogConfig config, LogListener events, LogDirectory directory, long seed)
            throws IOException {
        this.shard = shard;
        this.files = files;
        this.config = config;
        this.events = events;
        this.directory = directory;
        this.producerSeed = seed;
        this.segmentBytes = config.segmentBytesMin();
        this.flusher = new GroupFlusher(shard, events, this::onForceFailed, files.forcedMark());
        this.maintenance = new LogMaintenance(shard, files, config, events, directory, flusher);
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
        return nextLsn;
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
        return bytes;
    }

    /** Number of segments, the active one included. */
    public int segmentCount() {
        return segments.all().size();
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
            return nextLsn;
        }
        if (entries.batches() > 0 && !directory.writable()) {
            throw new LogFullException("log directory " + directory.path() + " is short of space");
        }
        setKeys(entries);
        if (active == null || mustRoll(entries.batches(), entries.bytes(), nowMs)) {
            roll(entries.bytes(), nowMs);
        }
        return write(entries, nextLsn);
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

    private long write(EntryBatch entries, long firstLsn) throws IOException {
        long at;
        try {
            at = writer.append(entries, firstLsn, logTag, flusher.forcedPlace());
        } catch (IOException | RuntimeException | InternalError e) {
            throw fail(e);
        }
        for (int i = 0; i < entries.size(); i++) {
            apply(entries, i, firstLsn + i, at);
            at += entries.entryBytes(i);
        }
        snapshot = null;
        active.endPosition = writer.endPosition();
        active.endLsn = nextLsn;
        flusher.onAppended(nextLsn, LogPosition.of(active.ordinal, active.endPosition), entries.bytes());
        maintenance.onAppended(entries.bytes());
        return firstLsn;
    }

    private void apply(EntryBatch entries, int i, long lsn, long position) {
        byte type = entries.type(i);
        if (type == EntryType.TRUNCATION) {
            return;
        }
        nextLsn = lsn + 1;
        tables.onEpoch(entries.leaderEpoch(i), lsn);
        if (type == EntryType.BATCH) {
            ByteBuffer payload = entries.payload(i);
            int row = entries.row(i);
            tables.onBatch(row, payload, payload.position());
            tables.index(active.rows, row, payload, payload.position(), position + EntryHeader.SIZE);
        } else if (type == EntryType.LOG_START) {
            tables.onLogStart(entries.idMsb(i), entries.idLsb(i), entries.partition(i), entries.offset(i));
            maintenance.onDataDied();
        } else if (type == EntryType.TOPIC_DELETED) {
            tables.onTopicDeleted(entries.idMsb(i), entries.idLsb(i));
            maintenance.onDataDied();
        }
    }

    private boolean mustRoll(int batches, long bytes, long nowMs) {
        boolean full = writer.endPosition() + bytes + EntryHeader.ALIGNMENT > allocatedBytes - SegmentWriter.TAIL_BYTES;
        int rows = active.rows.rows();
        return full || (rows > 0 && rows + batches > ActiveIndex.MAX_ROWS) || isOld(nowMs);
    }

    private boolean isOld(long nowMs) {
        return active.endLsn > active.firstLsn && nowMs - active.firstAppendMs >= config.rollMs();
    }

    /** Goes on in a new file with room for {@code bytes}. The old segment stays indexed in memory until it is sealed. */
    private void roll(long bytes, long nowMs) throws IOException {
        long wanted = Math.max(active == null ? segmentBytes : grownSegmentBytes(nowMs), roomFor(bytes));
        if (LogPosition.MAX_POSITION - wanted < SegmentWriter.TAIL_BYTES) {
            throw new IllegalArgumentException("an append of " + bytes + " bytes does not fit into a segment");
        }
        boolean newQueue = writer == null;
        if (newQueue) {
            queue = makeQueue();
        }
        int ordinal = nextOrdinal;
        long allocated;
        try {
            allocated = maintenance.takePreallocated(queue, ordinal, wanted);
        } catch (LogFullException e) {
            directory.pollSpace();
            throw e;
        }
        try {
            rollActive();
            if (newQueue) {
                writer = new SegmentWriter(queue, ordinal);
            }
            SegmentFile file = writer.start(ordinal);
            flusher.onStarted(file, newQueue ? List.of(files.directory(), queue) : List.of(queue));
            active = Segment.unindexed(ordinal, nextLsn, file);
            active.firstAppendMs = nowMs;
            segments.add(active);
            nextOrdinal++;
            segmentBytes = Math.max(config.segmentBytesMin(), Math.min(wanted, config.segmentBytesMax()));
            allocatedBytes = allocated;
            snapshot = null;
        } catch (IOException | RuntimeException | InternalError e) {
            throw fail(e);
        }
    }

    private Path makeQueue() throws IOException {
        if (!files.exists()) {
            logTag = files.readOrMakeTag(shard, directory.newTag());
        }
        Path made = files.queue(nextOrdinal);
        Files.createDirectories(made);
        return made;
    }

    private static long roomFor(long bytes) {
        return bytes + SegmentWriter.HEAD_BYTES + SegmentWriter.TAIL_BYTES;
    }

    private long grownSegmentBytes(long nowMs) {
        if (isOld(nowMs)) {
            return Math.max(config.segmentBytesMin(), Long.highestOneBit(Math.max(1, active.endPosition)) * 2);
        }
        return Math.min(config.segmentBytesMax(), segmentBytes * 2);
    }

    /** Freezes the active segment and leaves it to maintenance to seal. */
    private void rollActive() {
        if (active == null) {
            return;
        }
        flusher.onComplete();
        active.roll(tables.partitions.snapshot());
        events.onSealed(shard, active.firstLsn, active.endLsn, active.endPosition);
        active = null;
        snapshot = null;
    }

    /** Gives up Chronicle's files until the next append. */
    private void retire() {
        writer.close();
        writer = null;
        queue = null;
        rollActive();
    }

    /** A snapshot of a partition for readers on any thread; costs a few small objects. */
    public PartitionView view(int partitionRow) {
        return new PartitionView(
                segments,
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
            if (active != null) {
                views.add(active.rows.view());
            }
            snapshot = new IndexSnapshot(views, segments);
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
        if (active != null && isOld(nowMs)) {
            retire();
        }
        expireProducers(nowMs);
        return maintenance.next(nowMs, new LogMaintenance.State(this));
    }

    /** A few rows a call, so that no call takes long. */
    private void expireProducers(long nowMs) {
        expiryRow =
                tables.producers.expireBefore(nowMs - config.producerExpiryMs(), Math.max(0, expiryRow), EXPIRY_ROWS);
    }

    private void onSealed(Segment segment, SegmentInfo info) {
        segment.seal(info);
        snapshot = null;
    }

    private void onDeleted(List<Segment> dead) {
        segments.remove(dead);
    }

    /** A look for data past its retention, to be run on a background thread; its result is appended by the owner. */
    public RetentionScan retentionScan() {
        return new PartitionRetention(tables.partitions.snapshot(), indexSnapshot());
    }

    /**
     * Entries below this LSN are committed: they are never truncated, and segments below it may be deleted. Until the first
     * call after the log was opened everything counts as committed as soon as it is appended.
     */
    public void onCommitted(long lsn) {
        commitLsn = lsn;
    }

    /**
     * Drops all entries from {@code lsn} on. Appends a truncation entry and forces it: blocks for an fsync and for a
     * replay since the last checkpoint. Views taken before throw {@link SegmentGoneException}; tables must be fetched anew.
     *
     * @throws IllegalArgumentException when {@code lsn} is below what is committed or above the next LSN
     */
    public void truncateTo(long lsn, long nowMs) throws IOException {
        checkUsable();
        if (lsn < Math.min(commitLsn, nextLsn) || lsn > nextLsn) {
            throw new IllegalArgumentException(
                    "cannot truncate to " + lsn + ": committed up to " + commitLsn + ", next " + nextLsn);
        }
        if (lsn == nextLsn) {
            return;
        }
        maintenance.stop();
        try {
            for (Path checkpoint : files.checkpoints()) {
                if (LogFiles.checkpointLsn(checkpoint) > lsn) {
                    Files.delete(checkpoint);
                }
            }
            LogFiles.force(files.directory());
            EntryBatch entry = new EntryBatch();
            entry.addTruncation(Math.max(0, tables.epochs.latestEpoch()));
            if (writer != null) {
                retire();
            }
            roll(entry.bytes(), nowMs);
            write(entry, lsn);
            flusher.forceNow();
            retire();
            closeSegments();
            recover();
        } catch (LogFullException e) {
            maintenance.start(0);
            throw e;
        } catch (IOException | RuntimeException e) {
            throw fail(e);
        }
    }

    private void recover() throws IOException {
        if (files.exists()) {
            logTag = files.readOrMakeTag(shard, 0);
        }
        LogRecovery.Recovered recovered = new LogRecovery(shard, files, config, events, logTag, producerSeed).run();
        tables = recovered.tables();
        segments = recovered.segments();
        nextLsn = recovered.nextLsn();
        nextOrdinal = recovered.nextOrdinal();
        snapshot = null;
        flusher.reset(nextLsn, LogPosition.of(nextOrdinal, 0));
        maintenance.start(recovered.replayedBytes());
    }

    /** Stops cleanly: forces, writes the index of the active segment and a checkpoint. Blocks. Idempotent. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        maintenance.stop();
        maintenance.takeResults(this::onSealed, this::onDeleted);
        try {
            if (writer != null) {
                retire();
            }
            if (failure == null) {
                maintenance.finish(new LogMaintenance.State(this), this::onSealed);
            }
        } finally {
            flusher.close();
            closeSegments();
            directory.onClosed(shard, failure == null);
        }
    }

    private void closeSegments() throws IOException {
        for (Segment segment : segments.all()) {
            segment.close();
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw new IOException("the log of shard " + shard + " failed: " + failure.getMessage(), failure);
        }
        if (closed) {
            throw new IOException("the log of shard " + shard + " is closed");
        }
    }

    private IOException fail(Throwable cause) {
        failure =
                cause instanceof IOException io ? io : new IOException("the log of shard " + shard + " failed", cause);
        directory.onFailed(failure);
        return failure;
    }

    private void onForceFailed(Throwable cause) {
        directory.onFailed(cause);
    }

    SegmentSet segments() {
        return segments;
    }

    Segment active() {
        return active;
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
        return commitLsn;
    }

    /** Where recovery would have to go on after everything appended so far. */
    Checkpoint.Position position() {
        int firstUnindexed = nextOrdinal;
        for (Segment segment : segments.all()) {
            if (!segment.isSealed()) {
                firstUnindexed = segment.ordinal;
                break;
            }
        }
        return active == null
                ? new Checkpoint.Position(nextLsn, firstUnindexed, nextOrdinal, 0)
                : new Checkpoint.Position(nextLsn, firstUnindexed, active.ordinal, active.endPosition);
    }

    /** The queue directory in use, the size of the next segment, and whether its file should be made now. */
    LogMaintenance.NextFile nextFile() {
        boolean due = active != null && active.endPosition > allocatedBytes / 2;
        long bytes = Math.min(config.segmentBytesMax(), segmentBytes * 2);
        return new LogMaintenance.NextFile(due, queue, nextOrdinal, bytes);
    }
}
