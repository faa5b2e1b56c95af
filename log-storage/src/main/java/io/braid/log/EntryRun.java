package io.braid.log;

import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Consecutive entries of a shard's log on their way to a follower: a piece of a segment's file as it is stored. It begins with
 * the frame of a document; frames of Chronicle's own may stand between; it ends where an entry, padding included, ends, which may
 * be before its document does. The headers carry the tag and the forced place of the log they come from.
 *
 * <p>Whoever gets it owns its parts, and releases it or hands {@link #entries} to a reply, once. Owned by one thread at a time.
 *
 * @param firstLsn of the first entry
 * @param endLsn exclusive; equal to {@code firstLsn} when there is nothing
 * @param entries in memory, or ranges of files
 */
public record EntryRun(long firstLsn, long endLsn, FetchedRecords entries) {
    /** Nothing from {@code lsn} on. */
    public static EntryRun empty(long lsn) {
        return new EntryRun(lsn, lsn, FetchedRecords.EMPTY);
    }

    public boolean isEmpty() {
        return endLsn == firstLsn;
    }

    public int sizeInBytes() {
        return entries.sizeInBytes();
    }

    /** Gives back the parts; for a run that is dropped before it reaches the network. */
    public void release() {
        entries.release();
    }

    /** The bytes in a heap buffer of their own, read where they are ranges of files; releases the run. */
    public ByteBuffer takeBytes() throws IOException {
        try {
            ByteBuffer out = ByteBuffer.allocate(sizeInBytes());
            for (FetchedRecords.Part part : entries.parts()) {
                if (part instanceof FetchedRecords.FileRange range) {
                    readFully(range, out);
                } else {
                    ByteBuf bytes = ((FetchedRecords.Bytes) part).buffer();
                    bytes.getBytes(bytes.readerIndex(), out.array(), out.position(), bytes.readableBytes());
                    out.position(out.position() + bytes.readableBytes());
                }
            }
            return out.flip();
        } finally {
            release();
        }
    }

    private static void readFully(FetchedRecords.FileRange range, ByteBuffer out) throws IOException {
        ByteBuffer target = out.slice(out.position(), range.length());
        while (target.hasRemaining()) {
            if (range.source().channel().read(target, range.position() + target.position()) < 0) {
                throw new EOFException("the segment ends before position " + (range.position() + range.length()));
            }
        }
        out.position(out.position() + range.length());
    }
}
