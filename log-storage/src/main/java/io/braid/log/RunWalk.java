package io.braid.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the entries of an {@link EntryRun} in a buffer: over the frames of documents, which {@link EntryScanner} describes, and
 * Chronicle's own. Checks lengths only. Owned by one thread.
 */
final class RunWalk {
    static final int FRAME_BYTES = 4;

    private static final int META = 0x4000_0000;
    private static final int NOT_COMPLETE = 0x8000_0000;
    private static final int LENGTH = 0x3fff_ffff;

    private ByteBuffer run;
    private int size;
    private long documentEnd;
    private int header;
    private int position;

    /** @param bytes the run from index 0 to the limit, big-endian; may be cut anywhere */
    void start(ByteBuffer bytes) {
        run = bytes;
        size = bytes.limit();
        documentEnd = 0;
        header = 0;
        position = 0;
    }

    /** The header of the frame before {@code length} bytes of entries, as Chronicle would write it. */
    static void putFrame(ByteBuffer target, int at, int length) {
        target.putInt(at, Integer.reverseBytes(length));
    }

    /**
     * Goes to the next entry that is there whole, padding included; false when there is none.
     *
     * @throws CorruptRunException what stands there is neither an entry nor a frame
     */
    boolean next() throws CorruptRunException {
        while (position >= documentEnd) {
            if (!enterFrame()) {
                return false;
            }
        }
        if (position + EntryHeader.SIZE > size) {
            return false;
        }
        long end = position + entryBytes();
        if (end > documentEnd) {
            throw new CorruptRunException("an entry at " + position + " does not fit into its document");
        }
        if (end > size) {
            return false;
        }
        header = position;
        position = (int) end;
        return true;
    }

    private boolean enterFrame() throws CorruptRunException {
        if (position + FRAME_BYTES > size) {
            return false;
        }
        int frame = run.order(ByteOrder.LITTLE_ENDIAN).getInt(position);
        run.order(ByteOrder.BIG_ENDIAN);
        int length = frame & LENGTH;
        if (length == 0 || (frame & NOT_COMPLETE) != 0) {
            throw new CorruptRunException("no document at " + position);
        }
        long end = position + FRAME_BYTES + (long) length;
        if ((frame & META) == 0) {
            position += FRAME_BYTES;
            documentEnd = end;
            return true;
        }
        if (EntryHeader.align(end) > size) {
            return false;
        }
        position = (int) EntryHeader.align(end);
        return true;
    }

    private long entryBytes() throws CorruptRunException {
        if (!EntryHeader.plausible(run, position)) {
            throw new CorruptRunException("no entry at " + position);
        }
        return EntryHeader.align((long) EntryHeader.SIZE
                + EntryHeader.taggedLength(run, position)
                + EntryHeader.payloadLength(run, position));
    }

    /** Where the current entry's header is. */
    int header() {
        return header;
    }

    /** Where the current entry, padding included, ends; 0 before the first. */
    int position() {
        return position;
    }

    /** Where the current entry's document ends, which may lie beyond the buffer. */
    long documentEnd() {
        return documentEnd;
    }

    /** Bytes from the start to the end of the entry that is next, as far as the buffer tells; for an entry that was cut. */
    long bytesNeeded() {
        return position < documentEnd && position + EntryHeader.SIZE <= size
                ? EntryHeader.align((long) position
                        + EntryHeader.SIZE
                        + EntryHeader.taggedLength(run, position)
                        + EntryHeader.payloadLength(run, position))
                : 2L * size + EntryHeader.SIZE;
    }
}
