package io.braid.log;

import io.braid.log.index.LsnMarks;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads a log's entries by LSN, for one follower. Remembers its place, so that following the log costs what is read. Used by one
 * thread at a time, with the views of one log.
 *
 * <p>A run is one range of a file: from the place, to the end of what the view shows of the segment or else to the last mark
 * within {@code maxBytes}, so that as a rule nothing is looked at. A large run goes out by sendfile; a small one is read into a
 * buffer, with one system call.
 */
public final class EntryReader {
    /** Runs from this size on go out by sendfile (decision 0002). */
    private static final int SEND_FROM_BYTES = 64 << 10;

    private static final int SEEK_WINDOW_BYTES = 32 << 10;

    private final RunWalk walk = new RunWalk();

    /** Segment of the place; null at the beginning. */
    private Segment segment;

    private LsnMarks marks = LsnMarks.NONE;
    /** The marks are all there will be. */
    private boolean marksComplete;

    private long lsn;
    /** Of the entry with {@link #lsn}, or of the frame that it follows. */
    private long position;
    /** End of the document that the place is in the middle of, 0 when a frame is next. */
    private long documentEnd;

    /**
     * Reads whole entries from {@code fromLsn} on, never void ones, never beyond the view's end. A run ends at the end of a
     * segment, so it may be short of {@code maxBytes}. Blocks when the data is cold: on reader threads unless
     * {@link EntryView#hot}. The CRCs are not checked here: the follower does it.
     *
     * @param maxBytes bytes wanted at most; the first entry is returned even when it is larger
     * @return owned by the caller; empty when {@code fromLsn} is the view's end
     * @throws LsnGoneException {@code fromLsn} is below what is kept
     * @throws SegmentGoneException the log was truncated or a segment deleted: take a new view and retry
     * @throws CorruptRunException the disk has damaged the entries
     * @throws IllegalArgumentException {@code fromLsn} is above the view's end
     */
    public EntryRun read(EntryView view, long fromLsn, int maxBytes, ByteBufAllocator alloc) throws IOException {
        if (fromLsn > view.nextLsn()) {
            throw new IllegalArgumentException("entry " + fromLsn + " is beyond " + view.nextLsn());
        }
        if (fromLsn < view.startLsn()) {
            throw new LsnGoneException(fromLsn, view.startLsn());
        }
        if (fromLsn == view.nextLsn()) {
            return EntryRun.empty(fromLsn);
        }
        EntryView.Extent extent = view.find(fromLsn);
        SegmentFile file = extent.segment().file;
        if (!file.tryRetain()) {
            throw new SegmentGoneException("segment " + extent.segment().ordinal + " was deleted");
        }
        try {
            EntryRun run = read(view, extent, file, fromLsn, Math.max(maxBytes, EntryHeader.SIZE), alloc);
            checkNotTruncated(view, run);
            return run;
        } finally {
            file.release();
        }
    }

    private void checkNotTruncated(EntryView view, EntryRun run) throws SegmentGoneException {
        try {
            view.checkNotTruncated();
        } catch (SegmentGoneException e) {
            segment = null;
            run.release();
            throw e;
        }
    }

    private EntryRun read(
            EntryView view,
            EntryView.Extent extent,
            SegmentFile file,
            long fromLsn,
            int maxBytes,
            ByteBufAllocator alloc)
            throws IOException {
        if (extent.segment() != segment || !marksComplete) {
            marksComplete = extent.segment().isSealed();
            marks = view.marks(extent.segment());
        }
        if (extent.segment() != segment || lsn != fromLsn) {
            segment = null;
            seek(extent, file, fromLsn, view.logTag());
            segment = extent.segment();
        }
        long endPosition = extent.endPosition();
        long endLsn = extent.endLsn();
        if (endPosition - position > maxBytes) {
            int mark = marks.floorPosition(position + maxBytes);
            if (mark < 0 || marks.position(mark) <= position || marks.lsn(mark) <= lsn) {
                return readPartOfDocument(file, endPosition, maxBytes, alloc);
            }
            endPosition = marks.position(mark);
            endLsn = marks.lsn(mark);
        }
        EntryRun run = new EntryRun(lsn, endLsn, bytes(file, (int) (endPosition - position), alloc));
        moveTo(endLsn, endPosition, 0);
        return run;
    }

    private void moveTo(long nextLsn, long nextPosition, long endOfDocument) {
        lsn = nextLsn;
        position = nextPosition;
        documentEnd = endOfDocument;
    }

    /** Finds an entry: walks from the last mark before it. */
    private void seek(EntryView.Extent extent, SegmentFile file, long wanted, int logTag) throws IOException {
        int mark = marks.floorLsn(wanted);
        if (mark >= 0 && marks.lsn(mark) == wanted) {
            moveTo(wanted, marks.position(mark), 0);
            return;
        }
        long from = mark < 0 ? 0 : marks.position(mark);
        EntryScanner scanner = new EntryScanner(file.checkedChannel(), logTag, from, SEEK_WINDOW_BYTES);
        while (scanner.next(EntryScanner.ANY_LSN) == EntryScanner.Step.ENTRY
                && scanner.endPosition() <= extent.endPosition()) {
            ByteBuffer buffer = scanner.buffer();
            if (EntryHeader.lsn(buffer, scanner.header()) == wanted
                    && EntryHeader.type(buffer, scanner.header()) != EntryType.TRUNCATION) {
                boolean first = scanner.frameOfEntry() >= 0;
                moveTo(
                        wanted,
                        first ? scanner.frameOfEntry() : scanner.entryPosition(),
                        first ? 0 : scanner.documentEnd());
                return;
            }
        }
        throw new CorruptRunException("segment " + extent.segment().ordinal + " has no good entry " + wanted);
    }

    /** The bytes of a run from the place on; a place in the middle of a document gets a frame for the rest of it. */
    private FetchedRecords bytes(SegmentFile file, int length, ByteBufAllocator alloc) throws IOException {
        if (length < SEND_FROM_BYTES || (segment.isSealed() && !file.resident(position, length))) {
            return FetchedRecords.of(List.of(new FetchedRecords.Bytes(buffer(file, length, alloc))));
        }
        file.retain();
        FetchedRecords.FileRange range = new FetchedRecords.FileRange(file, position, length);
        if (documentEnd == 0) {
            return FetchedRecords.of(List.of(range));
        }
        ByteBuf frame = alloc.buffer(RunWalk.FRAME_BYTES, RunWalk.FRAME_BYTES);
        frame.writeIntLE((int) (documentEnd - position));
        return FetchedRecords.of(List.of(new FetchedRecords.Bytes(frame), range));
    }

    /** Reads {@code length} bytes from the place on, a frame included as above. */
    private ByteBuf buffer(SegmentFile file, int length, ByteBufAllocator alloc) throws IOException {
        int frame = documentEnd == 0 ? 0 : RunWalk.FRAME_BYTES;
        ByteBuf buffer = alloc.directBuffer(frame + length, frame + length);
        boolean done = false;
        try {
            if (frame > 0) {
                buffer.setIntLE(0, (int) (documentEnd - position));
            }
            file.readFully(buffer.internalNioBuffer(frame, length), position);
            buffer.writerIndex(frame + length);
            done = true;
            return buffer;
        } finally {
            if (!done) {
                buffer.release();
            }
        }
    }

    /** For documents that are larger than what is wanted: looks at their entries. */
    private EntryRun readPartOfDocument(SegmentFile file, long endPosition, int maxBytes, ByteBufAllocator alloc)
            throws IOException {
        long wanted = maxBytes;
        while (true) {
            int length = (int) Math.min(wanted, endPosition - position);
            ByteBuf buffer = buffer(file, length, alloc);
            boolean kept = false;
            try {
                int frame = buffer.readableBytes() - length;
                walk.start(buffer.internalNioBuffer(0, buffer.readableBytes()).slice());
                int end = 0;
                long endLsn = lsn;
                long endOfDocument = 0;
                while (walk.next()) {
                    end = walk.position();
                    endLsn++;
                    endOfDocument = walk.documentEnd();
                }
                if (end > 0) {
                    kept = true;
                    buffer.writerIndex(end);
                    EntryRun run =
                            new EntryRun(lsn, endLsn, FetchedRecords.of(List.of(new FetchedRecords.Bytes(buffer))));
                    long at = position + end - frame;
                    moveTo(endLsn, at, endOfDocument > end ? position + endOfDocument - frame : 0);
                    return run;
                }
                if (length == endPosition - position) {
                    throw new CorruptRunException("no entry " + lsn + " at position " + position);
                }
                wanted = Math.max(walk.bytesNeeded(), wanted + EntryHeader.SIZE);
            } finally {
                if (!kept) {
                    buffer.release();
                }
            }
        }
    }
}
