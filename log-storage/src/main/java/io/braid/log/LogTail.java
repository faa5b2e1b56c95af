package io.braid.log;

import io.braid.log.index.ActiveIndex;
import io.braid.log.table.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log: the segment that is written to, and how the next one begins. Owned by the shard thread. */
final class LogTail {
    /** Room in a segment that is made when there is no space for one of the usual size. */
    private static final long SMALL_SEGMENT_BYTES = 64 << 10;

    /** However short retention is, segments do not get younger than this. */
    private static final long MIN_ROLL_MS = 10_000;

    private final LogHome home;
    private final GroupFlusher flusher;
    private final LogMaintenance maintenance;

    private SegmentSet segments;
    private LogTables tables;
    private int nextOrdinal;
    private int logTag;
    private Path queue;
    private SegmentWriter writer;
    private Segment active;
    private long segmentBytes;
    private long allocatedBytes;

    /** Set by whoever scans for retention. */
    private volatile RollCap rollCap = new RollCap(-1, Long.MAX_VALUE);

    /** The smallest retention of what is in a segment. */
    private record RollCap(int ordinal, long ms) {}

    /** A segment whose file is ready. */
    record NextSegment(Path queue, int ordinal, long bytes, long allocatedBytes) {}

    LogTail(LogHome home, GroupFlusher flusher, LogMaintenance maintenance) {
        this.home = home;
        this.flusher = flusher;
        this.maintenance = maintenance;
        this.segmentBytes = home.config().segmentBytesMin();
    }

    /** Begins after recovery: no segment is written to. */
    void start(SegmentSet recovered, LogTables recoveredTables, int ordinal, int tag) {
        segments = recovered;
        tables = recoveredTables;
        nextOrdinal = ordinal;
        logTag = tag;
    }

    /** The segment that is written to; null when there is none. */
    Segment active() {
        return active;
    }

    SegmentWriter writer() {
        return writer;
    }

    int nextOrdinal() {
        return nextOrdinal;
    }

    int logTag() {
        return logTag;
    }

    /** The log's segments, the active one included. */
    SegmentSet segments() {
        return segments;
    }

    /** Ordinal of the first segment that is not sealed; of the next one when all are. */
    int firstUnsealed() {
        for (Segment segment : segments.all()) {
            if (!segment.isSealed()) {
                return segment.ordinal;
            }
        }
        return nextOrdinal;
    }

    /** Where recovery would have to go on after everything appended so far, which ends before {@code nextLsn}. */
    Checkpoint.Position position(long nextLsn) {
        return active == null
                ? new Checkpoint.Position(nextLsn, firstUnsealed(), nextOrdinal, 0)
                : new Checkpoint.Position(nextLsn, firstUnsealed(), active.ordinal, active.endPosition);
    }

    /** Whether an append of so much has to begin a new segment. */
    boolean mustRoll(int batches, long bytes, long nowMs) {
        if (active == null) {
            return true;
        }
        boolean full = writer.endPosition() + bytes + EntryHeader.ALIGNMENT > allocatedBytes - SegmentWriter.TAIL_BYTES;
        int rows = active.rows.rows();
        return full || (rows > 0 && rows + batches > ActiveIndex.MAX_ROWS) || isOld(nowMs);
    }

    /** Whether the oldest entry of the active segment is too old for more to be added. */
    boolean isOld(long nowMs) {
        return active != null && active.endLsn > active.firstLsn && nowMs - active.firstAppendMs >= rollMs();
    }

    private long rollMs() {
        RollCap cap = rollCap;
        long rollMs = home.config().rollMs();
        return cap.ordinal() == active.ordinal ? Math.min(rollMs, Math.max(cap.ms(), MIN_ROLL_MS)) : rollMs;
    }

    /**
     * Says how long the shortest-lived data in a segment is kept: as long as its file is written to it cannot go. Any thread.
     *
     * @param ordinal of the segment that was written to when it was looked at
     */
    void capRoll(int ordinal, long retentionMs) {
        rollCap = new RollCap(ordinal, retentionMs);
    }

    /**
     * Makes the file of the next segment, or takes the one made ahead.
     *
     * @param bytes there must be room for
     * @param freesSpace what is going to be appended lets data be deleted: it may use the reserved space
     * @throws LogFullException there is no space; nothing has changed
     */
    NextSegment prepare(long bytes, boolean freesSpace, long nowMs) throws IOException {
        long wanted = Math.max(active == null ? segmentBytes : grownSegmentBytes(nowMs), roomFor(bytes));
        if (LogPosition.MAX_POSITION - wanted < SegmentWriter.TAIL_BYTES) {
            throw new IllegalArgumentException("an append of " + bytes + " bytes does not fit into a segment");
        }
        Path in = writer == null ? makeQueue() : queue;
        long small = Math.min(wanted, roomFor(bytes) + SMALL_SEGMENT_BYTES);
        try {
            return prepare(in, wanted);
        } catch (LogFullException e) {
            home.directory().pollSpace();
        }
        try {
            return prepare(in, small);
        } catch (LogFullException e) {
            if (freesSpace && home.directory().giveReserve()) {
                return prepare(in, small);
            }
            throw e;
        }
    }

    private NextSegment prepare(Path in, long bytes) throws IOException {
        return new NextSegment(in, nextOrdinal, bytes, maintenance.takePreallocated(in, nextOrdinal, bytes));
    }

    private Path makeQueue() throws IOException {
        if (!home.files().exists()) {
            logTag = home.files().readOrMakeTag(home.shard(), home.directory().newTag());
        }
        Path made = home.files().queue(nextOrdinal);
        Files.createDirectories(made);
        return made;
    }

    private static long roomFor(long bytes) {
        return bytes + SegmentWriter.HEAD_BYTES + SegmentWriter.TAIL_BYTES;
    }

    private long grownSegmentBytes(long nowMs) {
        LogConfig config = home.config();
        if (isOld(nowMs)) {
            return Math.max(config.segmentBytesMin(), Long.highestOneBit(Math.max(1, active.endPosition)) * 2);
        }
        return Math.min(config.segmentBytesMax(), segmentBytes * 2);
    }

    /** Goes on in the prepared file. The old segment stays indexed in memory until it is sealed. */
    void begin(NextSegment next, long nextLsn, long nowMs) throws IOException {
        rollActive();
        boolean newQueue = writer == null;
        if (newQueue) {
            queue = next.queue();
            writer = new SegmentWriter(
                    queue, next.ordinal(), new PagesAhead(home.config().flush() != FlushMode.GROUP));
        }
        SegmentFile file = writer.start(next.ordinal(), next.allocatedBytes());
        flusher.onStarted(file, newQueue ? List.of(home.files().directory(), queue) : List.of(queue));
        active = Segment.unindexed(next.ordinal(), nextLsn, file);
        active.firstAppendMs = nowMs;
        segments.add(active);
        nextOrdinal++;
        LogConfig config = home.config();
        segmentBytes = Math.max(config.segmentBytesMin(), Math.min(next.bytes(), config.segmentBytesMax()));
        allocatedBytes = next.allocatedBytes();
    }

    /** Freezes the active segment and leaves it to maintenance to seal. */
    private void rollActive() {
        if (active == null) {
            return;
        }
        flusher.onComplete();
        active.roll(tables.partitions.snapshot());
        home.events().onSealed(home.shard(), active.firstLsn, active.endLsn, active.endPosition);
        active = null;
    }

    /** Gives up Chronicle's files until the next segment begins. */
    void retire() {
        if (writer != null) {
            writer.close();
            writer = null;
            queue = null;
            rollActive();
        }
    }

    /** The queue directory in use, the size of the next segment, and whether its file should be made now. */
    LogMaintenance.NextFile nextFile() {
        boolean due = active != null && active.endPosition > allocatedBytes / 2;
        long bytes = Math.min(home.config().segmentBytesMax(), segmentBytes * 2);
        return new LogMaintenance.NextFile(due, queue, nextOrdinal, bytes);
    }
}
