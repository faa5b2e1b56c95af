package io.braid.log;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Walks the entries of a segment's file over Chronicle's raw frames, checking every CRC, and finds the next good entry after
 * damage. A frame is a 4-byte little-endian header at a multiple of 4 (30 bits of length, bit 30: Chronicle's own data,
 * bit 31: not complete, 0xC0000000: end of file, 0: nothing more yet), then its bytes. Owned by one thread; blocks.
 */
final class EntryScanner {
    /** What {@link #next} came to. */
    enum Step {
        ENTRY,
        /** Nothing more was written here: a zero header, an end mark, an incomplete document, or the file's end. */
        END,
        /** What stands here is not the expected entry. */
        INVALID
    }

    /** For {@link #next}: whatever entry comes. */
    static final long ANY_LSN = -1;

    private static final int WINDOW_BYTES = 1 << 20;
    private static final int MAX_ENTRY_BYTES = 1 << 29;
    private static final int FRAME_BYTES = 4;
    private static final int META = 0x4000_0000;
    private static final int NOT_COMPLETE = 0x8000_0000;
    private static final int LENGTH = 0x3fff_ffff;

    /** A search for more entries gives up after so many zeros: what lies behind is preallocated and unused. */
    private static final long ZEROS_LIMIT = 1 << 20;

    private static final int END_MARK = 0xc000_0000;

    private static final long UNKNOWN = -1;

    private final FileChannel channel;
    private final long size;
    private final int logTag;
    private final CRC32C crc = new CRC32C();

    private ByteBuffer window;
    private long windowStart;
    /** Where to look next: a frame header, or an entry when {@link #documentEnd} is beyond. */
    private long position;

    private long documentEnd = UNKNOWN;
    /** Frame of the document that the walk has entered and come to no entry of yet. */
    private long documentStart = UNKNOWN;

    private long frameOfEntry = UNKNOWN;
    /** After a search the frames are lost: an entry may follow directly. */
    private boolean loose;

    private boolean atEndMark;
    private long entryPosition;
    private long endPosition;

    EntryScanner(FileChannel channel, int logTag) throws IOException {
        this(channel, logTag, 0, WINDOW_BYTES);
    }

    /**
     * @param position of the frame to begin with
     * @param windowBytes read at a time
     */
    EntryScanner(FileChannel channel, int logTag, long position, int windowBytes) throws IOException {
        this.window = ByteBuffer.allocateDirect(windowBytes).limit(0);
        this.position = position;
        this.channel = channel;
        this.size = channel.size();
        this.logTag = logTag;
    }

    /** Goes to the next entry, whose LSN must be {@code expectedLsn}, or anything when that is negative. */
    Step next(long expectedLsn) throws IOException {
        while (true) {
            if (documentEnd != UNKNOWN) {
                if (position + EntryHeader.SIZE <= documentEnd) {
                    return position >= size ? Step.END : take(position, expectedLsn);
                }
                position = EntryHeader.align(documentEnd);
                documentEnd = UNKNOWN;
            }
            if (loose && isEntry(position, expectedLsn)) {
                return take(position, expectedLsn);
            }
            Step end = enterFrame();
            if (end != null) {
                return end;
            }
        }
    }

    /** Steps into a data frame or over one of Chronicle's; null when the walk goes on. */
    private Step enterFrame() throws IOException {
        int at = fill(position, FRAME_BYTES);
        if (at < 0) {
            return Step.END;
        }
        int header = window.order(ByteOrder.LITTLE_ENDIAN).getInt(at);
        window.order(ByteOrder.BIG_ENDIAN);
        atEndMark = header == END_MARK;
        int length = header & LENGTH;
        if (length == 0 || (header & NOT_COMPLETE) != 0) {
            return Step.END;
        }
        long end = position + FRAME_BYTES + length;
        if ((header & META) != 0) {
            if (end > size) {
                return Step.INVALID;
            }
            position = EntryHeader.align(end);
        } else {
            documentStart = position;
            position += FRAME_BYTES;
            documentEnd = end;
        }
        return null;
    }

    private Step take(long at, long expectedLsn) throws IOException {
        if (!isEntry(at, expectedLsn)) {
            return Step.INVALID;
        }
        entryPosition = at;
        frameOfEntry = documentStart;
        documentStart = UNKNOWN;
        position = EntryHeader.align(at + entryLength(index(at)));
        endPosition = position;
        return Step.ENTRY;
    }

    /**
     * Searches for a good entry with an LSN above {@code afterLsn} from where {@link #next} stopped. When there is one it is the
     * current entry.
     */
    boolean search(long afterLsn) throws IOException {
        documentEnd = UNKNOWN;
        documentStart = UNKNOWN;
        loose = true;
        long zeros = 0;
        for (long at = EntryHeader.align(position); zeros < ZEROS_LIMIT; at += EntryHeader.ALIGNMENT) {
            int i = fill(at, EntryHeader.SIZE);
            if (i < 0) {
                return false;
            }
            if (window.getInt(i) == 0) {
                zeros += EntryHeader.ALIGNMENT;
            } else {
                zeros = 0;
                if (EntryHeader.plausible(window, i, logTag)
                        && EntryHeader.lsn(window, i) > afterLsn
                        && isEntry(at, UNKNOWN)) {
                    take(at, UNKNOWN);
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a whole entry of this log with good CRCs stands at a position. */
    private boolean isEntry(long at, long expectedLsn) throws IOException {
        int i = fill(at, EntryHeader.SIZE);
        if (i < 0 || !EntryHeader.plausible(window, i, logTag)) {
            return false;
        }
        if (expectedLsn >= 0
                && EntryHeader.lsn(window, i) != expectedLsn
                && EntryHeader.type(window, i) != EntryType.TRUNCATION) {
            return false;
        }
        long length = entryLength(i);
        if (length > MAX_ENTRY_BYTES) {
            return false;
        }
        i = fill(at, (int) length);
        return i >= 0
                && EntryHeader.verifyCrc(window, i, crc)
                && (EntryHeader.type(window, i) != EntryType.BATCH || isBatch(i));
    }

    private boolean isBatch(int entry) {
        int batch = entry + EntryHeader.SIZE + EntryHeader.taggedLength(window, entry);
        int length = EntryHeader.payloadLength(window, entry);
        if (BatchHeader.sizeInBytes(window, batch) != length
                || BatchHeader.baseOffset(window, batch) != EntryHeader.baseOffset(window, entry)) {
            return false;
        }
        crc.reset();
        int limit = window.limit();
        crc.update(window.limit(batch + length).position(batch + BatchHeader.CRC_COVERED_FROM));
        window.limit(limit).position(0);
        return (int) crc.getValue() == BatchHeader.crc(window, batch);
    }

    private long entryLength(int i) {
        return (long) EntryHeader.SIZE
                + EntryHeader.taggedLength(window, i)
                + Integer.toUnsignedLong(EntryHeader.payloadLength(window, i));
    }

    /** Whether {@link #next} came to Chronicle's mark that the file is complete. */
    boolean atEndMark() {
        return atEndMark;
    }

    /** Position of the current entry's header. */
    long entryPosition() {
        return entryPosition;
    }

    /** Where the current entry's document ends; what is not known for sure after a search is where the entry ends. */
    long documentEnd() {
        return documentEnd == UNKNOWN ? endPosition : documentEnd;
    }

    /** Position of the frame of the document that the current entry is the first of, -1 when it is not, or that is not known. */
    long frameOfEntry() {
        return frameOfEntry;
    }

    /** Where the current entry, padding included, ends; 0 before the first. */
    long endPosition() {
        return endPosition;
    }

    /** Where {@link #next} stopped. */
    long position() {
        return position;
    }

    /** The buffer that holds the current entry whole, until the next step. */
    ByteBuffer buffer() {
        return window;
    }

    /** Where in {@link #buffer} the current entry's header is. */
    int header() {
        return index(entryPosition);
    }

    /** Where in {@link #buffer} the current entry's payload is. */
    int payload() {
        int header = header();
        return header + EntryHeader.SIZE + EntryHeader.taggedLength(window, header);
    }

    private int index(long at) {
        return (int) (at - windowStart);
    }

    /** Makes {@code length} bytes at {@code at} available; their index in the window, or -1 when the file ends before. */
    private int fill(long at, int length) throws IOException {
        if (at >= windowStart && at + length <= windowStart + window.limit()) {
            return index(at);
        }
        if (at + length > size) {
            return -1;
        }
        if (length > window.capacity()) {
            window = ByteBuffer.allocateDirect(Math.max(length, 2 * window.capacity()));
        }
        window.clear().limit((int) Math.min(window.capacity(), size - at));
        long from = at;
        while (window.hasRemaining()) {
            int n = channel.read(window, from);
            if (n < 0) {
                break;
            }
            from += n;
        }
        window.flip();
        windowStart = at;
        return window.limit() < length ? -1 : 0;
    }
}
