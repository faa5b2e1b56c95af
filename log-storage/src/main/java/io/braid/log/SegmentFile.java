package io.braid.log;

import io.braid.protocol.records.FileSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file of a segment for readers: opened at first use, closed when the log has dropped it and the last reader has
 * released it, so that answers in flight survive its deletion. Thread-safe.
 */
final class SegmentFile implements FileSource {
    private final boolean writable;
    private volatile Path path;
    private volatile FileChannel channel;
    private volatile FileMapping mapping;
    /** What of the file was checked since it was opened; null as long as this process has written all of it. */
    private volatile CheckedBatches checked;

    private final boolean missing;
    private int references = 1;

    private SegmentFile(Path path, boolean writable, boolean missing) {
        this.path = path;
        this.writable = writable;
        this.missing = missing;
    }

    /** A file that Chronicle writes to; its channel can write as well. */
    static SegmentFile active(Path path) {
        return new SegmentFile(path, true, false);
    }

    /** A file that was there when the log was opened: what is read of it is checked once. */
    static SegmentFile sealed(Path path) {
        SegmentFile file = new SegmentFile(path, false, false);
        file.distrust();
        return file;
    }

    /** A file that has gone, other than by deletion of its segment: every read of it says so. */
    static SegmentFile missing(Path path) {
        return new SegmentFile(path, false, true);
    }

    /** Whether the file has gone, other than by deletion of its segment. */
    boolean isMissing() {
        return missing;
    }

    /** From now on what is read is checked once: bytes have come, or may have come, from the disk. */
    void distrust() {
        if (checked == null) {
            checked = new CheckedBatches();
        }
    }

    /** Which batches were checked; null when none needs to be, as this process has written them and they are in memory. */
    CheckedBatches checked() {
        return checked;
    }

    Path path() {
        return path;
    }

    /** Renames the file; open channels go on. */
    synchronized void move(Path target) throws IOException {
        Files.move(path, target);
        path = target;
    }

    /** The open channel. Opens it again when a thread was interrupted in the middle of reading, which closes it. */
    @Override
    public FileChannel channel() {
        FileChannel open = channel;
        return open != null && open.isOpen() ? open : open();
    }

    private synchronized FileChannel open() {
        if (channel != null && channel.isOpen()) {
            return channel;
        }
        try {
            channel = writable
                    ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(path, StandardOpenOption.READ);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a reference unless the segment was dropped. */
    synchronized boolean tryRetain() {
        if (references == 0) {
            return false;
        }
        references++;
        return true;
    }

    @Override
    public void retain() {
        if (!tryRetain()) {
            throw new IllegalStateException("segment file is closed: " + path);
        }
    }

    @Override
    public synchronized void release() {
        if (references == 0) {
            throw new IllegalStateException("segment file released too often: " + path);
        }
        if (--references == 0) {
            close();
        }
    }

    private void close() {
        if (mapping != null) {
            mapping.unmap();
            mapping = null;
        }
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fills {@code target} from {@code position}. Blocks when the pages are not in memory. */
    void readFully(ByteBuffer target, long position) throws IOException {
        FileChannel from = checkedChannel();
        long at = position;
        while (target.hasRemaining()) {
            int n = from.read(target, at);
            if (n < 0) {
                throw new CorruptBatchException(
                        path.getFileName() + " ends before position " + (at + target.remaining()));
            }
            at += n;
        }
    }

    /** Whether all pages of a range are in memory. One mincore call, never a page fault. The caller holds a reference. */
    boolean resident(long position, int length) throws IOException {
        FileMapping mapped = mapping();
        return mapped.covers(position, length) && mapped.resident(position, length);
    }

    /** The file in memory. The caller holds a reference as long as it uses the mapping or ranges of it. */
    FileMapping mapping() throws IOException {
        FileMapping mapped = mapping;
        return mapped != null ? mapped : map();
    }

    private synchronized FileMapping map() throws IOException {
        if (mapping == null) {
            mapping = FileMapping.of(checkedChannel());
        }
        return mapping;
    }

    /** The open channel, as {@link #channel}; a file that was deleted before it was opened is a segment that is gone. */
    FileChannel checkedChannel() throws IOException {
        try {
            return channel();
        } catch (UncheckedIOException e) {
            if (missing) {
                throw new CorruptBatchException(path.getFileName() + " is missing");
            }
            if (e.getCause() instanceof NoSuchFileException) {
                throw new SegmentGoneException(path.getFileName() + " was deleted");
            }
            throw e.getCause();
        }
    }
}
