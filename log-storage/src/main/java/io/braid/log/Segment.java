package io.braid.log;

import io.braid.log.index.ActiveIndex;
import io.braid.log.index.ActiveIndexView;
import io.braid.log.index.DirectoryEntry;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;
import java.nio.file.Files;

/**
 * One file of the log. A segment is <em>active</em> while entries are appended, <em>rolled</em> when it is complete but its
 * index is in memory only, and <em>sealed</em> once its index file is there.
 *
 * <p>The shard thread owns the mutable parts of an active segment; rolling freezes them; sealing, on a background thread,
 * only sets the index and renames the file.
 */
final class Segment {
    private static final long NO_CRC = -1;

    /** The first one, of a rewritten segment. */
    final int ordinal;
    /** Inclusive; more than {@link #ordinal} in a rewritten segment. */
    final int lastOrdinal;

    final long firstLsn;
    final SegmentFile file;

    /** Exclusive. */
    long endLsn;
    /** Where the last entry ends in the file. */
    long endPosition;
    /** Wall-clock time of the first append to it, ms. */
    long firstAppendMs;

    /** Index rows of an active segment. */
    ActiveIndex rows;

    /** A batch range that was live when last looked at; used by housekeeping only. */
    DirectoryEntry liveWitness;

    /** It is being rewritten: nobody else may delete it. Set by the shard thread. */
    volatile boolean rewriting;

    /** An entry in it is damaged: it stays as it is. Set by the shard thread. */
    volatile boolean damaged;

    /** What rewriting knows of a sealed segment; used by its background pieces only. */
    SegmentWorth worth;

    /** CRC32C of a sealed segment's file, {@link #NO_CRC} as long as nobody has asked for it. */
    private volatile long fileCrc = NO_CRC;

    private volatile InMemory inMemory;
    private volatile SegmentInfo info;
    private volatile SegmentIndex index;
    private volatile boolean replaced;
    private volatile boolean dropped;

    /** What a rolled segment keeps until its index file is written. */
    record InMemory(ActiveIndexView rows, PartitionSnapshot partitions) {}

    private Segment(int ordinal, int lastOrdinal, long firstLsn, SegmentFile file) {
        this.ordinal = ordinal;
        this.lastOrdinal = lastOrdinal;
        this.firstLsn = firstLsn;
        this.file = file;
        this.endLsn = firstLsn;
    }

    /** A segment whose entries are, or will be, indexed in memory. */
    static Segment unindexed(int ordinal, long firstLsn, SegmentFile file) {
        Segment segment = new Segment(ordinal, ordinal, firstLsn, file);
        segment.rows = new ActiveIndex(ordinal);
        return segment;
    }

    static Segment sealed(SegmentInfo info, SegmentFile file) {
        Segment segment = new Segment(info.firstSegment(), info.lastSegment(), info.firstLsn(), file);
        segment.endLsn = info.endLsn();
        segment.endPosition = info.endPosition();
        segment.info = info;
        return segment;
    }

    /** Freezes the segment; {@code partitions} is of the moment before the next one gets its first batch. */
    void roll(PartitionSnapshot partitions) {
        inMemory = new InMemory(rows.view(), partitions);
    }

    /** Marks the index file as written; readers that hold a view of the rows keep it. */
    void seal(SegmentInfo written) {
        info = written;
        inMemory = null;
        rows = null;
    }

    boolean isSealed() {
        return info != null;
    }

    /** What the index of a sealed segment says; null when it is not sealed. */
    SegmentInfo info() {
        return info;
    }

    /** Whether it holds no entries any more but their batches, sorted. */
    boolean isRewritten() {
        return info != null && info.rewrite() > 0;
    }

    /** Rows of a rolled segment; null when it is active or sealed. */
    InMemory inMemory() {
        return inMemory;
    }

    /** The index file of a sealed segment, opened at first use. Any thread; blocks. */
    SegmentIndex index() throws IOException {
        SegmentIndex open = index;
        return open != null ? open : openIndex();
    }

    private synchronized SegmentIndex openIndex() throws IOException {
        if (dropped) {
            throw gone();
        }
        if (index == null) {
            index = SegmentIndex.open(LogFiles.index(file.path()));
        }
        return index;
    }

    SegmentGoneException gone() {
        return new SegmentGoneException("segment " + ordinal + (replaced ? " was rewritten" : " was deleted"));
    }

    boolean hasFileCrc() {
        return fileCrc != NO_CRC;
    }

    int fileCrc() {
        return (int) fileCrc;
    }

    void fileCrc(int crc32c) {
        fileCrc = Integer.toUnsignedLong(crc32c);
    }

    /** Lets go of the files; readers that have retained them go on. */
    synchronized void close() throws IOException {
        if (!dropped) {
            dropped = true;
            file.release();
            if (index != null) {
                index.close();
            }
        }
    }

    /** As {@link #close}: another segment has taken its place, and readers without a file have to look again. */
    void closeReplaced() throws IOException {
        replaced = true;
        close();
    }

    boolean isReplaced() {
        return replaced;
    }

    boolean isDropped() {
        return dropped;
    }

    /** Unlinks both files: the index last, so that a crash in between leaves an index without segment, which is removed. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(file.path());
        Files.deleteIfExists(LogFiles.index(file.path()));
    }
}
