package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes zeros to the file of the active segment ahead of what is appended, in chunks, so that appends find their pages made. One write of
 * a chunk makes few large folios where appends would make many small ones, by a page fault or a write each: that halves the processor time
 * of an append, and most of the rest is a background thread's (decision 0023).
 *
 * <p>Zeros must never come upon entries. The owner writes below {@link ActiveFile#made} only, and what is above nobody but the holder of the
 * file's lock touches. Where the background is late the owner makes the chunk itself. A log that grows slowly is left out: what is made ahead
 * is forced with the rest. The owner asks; any thread does the work.
 */
final class PagesAhead {
    /** A folio of the page cache can be so large, and one fault maps it. */
    static final int CHUNK_BYTES = 256 << 10;

    /** What is made beyond the last append; asked for when less than half of it is left. */
    private static final long AHEAD_BYTES = 1 << 20;

    /** Beyond the end of a document Chronicle may write so much of its own. */
    private static final long SLACK_BYTES = SegmentWriter.TAIL_BYTES;

    private static final long PAGE_BYTES = 4096;

    /** Half of what is made ahead must be used up within this time for more to be made. */
    private static final long FAST_NS = TimeUnit.SECONDS.toNanos(1);

    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(CHUNK_BYTES).asReadOnlyBuffer();

    private final AtomicReference<Request> due = new AtomicReference<>();
    private final boolean enabled;
    private ActiveFile file = ActiveFile.NONE;
    private long asked;
    private long askedNs;

    private record Request(ActiveFile file, long to) {}

    /** @param enabled false where each append is forced: with large folios a force writes whole ones */
    PagesAhead(boolean enabled) {
        this.enabled = enabled;
    }

    /** Goes on with another file, which has space for so much. Owner. */
    void start(FileChannel channel, long bytes) {
        leave();
        if (enabled) {
            file = new ActiveFile(channel, bytes);
            asked = 0;
            askedNs = System.nanoTime() - 2 * FAST_NS;
        }
    }

    /** Nothing is written to the file any more when this returns. Owner. */
    void leave() {
        file.leave();
        file = ActiveFile.NONE;
        due.set(null);
    }

    /** Before a document is written in one go: that makes large folios itself. It ends at or before a position. Owner. */
    void beforeWrite(long endPosition) {
        if (endPosition + SLACK_BYTES > file.made) {
            file.skipTo((endPosition + SLACK_BYTES + PAGE_BYTES - 1) & -PAGE_BYTES);
        }
    }

    /** Before a document is copied that ends at or before a position. Owner; waits while a chunk is being made that it needs. */
    void beforeCopy(long endPosition) {
        long needed = endPosition + SLACK_BYTES;
        if (needed + AHEAD_BYTES / 2 > asked && file != ActiveFile.NONE) {
            ask(needed);
        }
        if (needed > file.made) {
            file.makeTo(needed);
        }
    }

    private void ask(long needed) {
        long nowNs = System.nanoTime();
        boolean first = asked == 0;
        boolean fast = nowNs - askedNs < FAST_NS;
        askedNs = nowNs;
        asked = (needed + AHEAD_BYTES + CHUNK_BYTES - 1) & -CHUNK_BYTES;
        if (first) {
            file.skipTo((needed + PAGE_BYTES - 1) & -PAGE_BYTES);
        }
        if (fast || first) {
            due.set(new Request(file, asked));
        } else {
            file.skipTo(asked);
        }
    }

    /** The work that is due. Any thread may run it, also after the file was left: then nothing happens. */
    Optional<Runnable> take() {
        Request request = due.getAndSet(null);
        return request == null
                ? Optional.empty()
                : Optional.of(() -> request.file().makeTo(request.to()));
    }

    /** A file that is written to. Thread-safe. */
    private static final class ActiveFile {
        static final ActiveFile NONE = new ActiveFile(null, 0);

        private final FileChannel channel;
        private final long bytes;
        /** Below it nobody writes zeros any more. Grows under the lock. */
        private volatile long made;

        ActiveFile(FileChannel channel, long bytes) {
            this.channel = channel;
            this.bytes = bytes;
            this.made = channel == null ? Long.MAX_VALUE : 0;
        }

        /** Leaves pages to be made by faults. */
        synchronized void skipTo(long to) {
            made = Math.max(made, to);
        }

        synchronized void leave() {
            made = Long.MAX_VALUE;
        }

        /** One chunk at a time, so that the owner does not wait for more. */
        void makeTo(long to) {
            while (made < Math.min(to, bytes)) {
                makeChunk(to);
            }
        }

        private synchronized void makeChunk(long to) {
            long from = made;
            long end = Math.min(bytes, (from & -CHUNK_BYTES) + CHUNK_BYTES);
            if (from >= Math.min(to, bytes)) {
                return;
            }
            try {
                ByteBuffer zeros = ZEROS.duplicate().limit((int) (end - from));
                while (zeros.hasRemaining()) {
                    channel.write(zeros, from + zeros.position());
                }
                made = end;
            } catch (IOException e) {
                made = Long.MAX_VALUE; // whoever appends next is told, if it fails too
            }
        }
    }
}
