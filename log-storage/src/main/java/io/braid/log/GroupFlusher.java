package io.braid.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Forces a log's files. The shard thread says what was appended and which files are new; any thread forces. Who comes while a
 * force runs waits for it, and one more force serves all who waited. Thread-safe.
 */
final class GroupFlusher implements LogFlusher {
    private final int shard;
    private final LogListener events;
    private final FailureSink failures;
    private final ForcedMark mark;
    private final Object forcing = new Object();
    private final List<Dirty> dirty = new ArrayList<>();
    private final List<Path> dirtyDirectories = new ArrayList<>();

    private volatile long appendedLsn;
    private volatile long appendedPlace;
    private volatile long appendedBytes;
    /** The shard thread's own count, published as {@link #appendedBytes}. */
    private long totalBytes;

    private volatile long flushedLsn;
    private volatile long flushedBytes;
    private volatile long forcedPlace;
    private volatile IOException failure;

    /** Where an I/O error goes that makes a directory unusable. */
    interface FailureSink {
        void onFailed(Throwable cause);
    }

    /** A file with bytes that may not be on disk. */
    private static final class Dirty {
        final SegmentFile file;
        boolean complete;

        Dirty(SegmentFile file) {
            this.file = file;
        }
    }

    GroupFlusher(int shard, LogListener events, FailureSink failures, Path markFile) {
        this.shard = shard;
        this.events = events;
        this.failures = failures;
        this.mark = new ForcedMark(markFile);
    }

    /** Sets where the log is after recovery or truncation: all of it is on disk. Shard thread. */
    void reset(long nextLsn, long place) {
        synchronized (forcing) {
            synchronized (dirty) {
                dirty.clear();
                dirtyDirectories.clear();
            }
            appendedLsn = nextLsn;
            flushedLsn = nextLsn;
            flushedBytes = appendedBytes;
            forcedPlace = place;
        }
    }

    /** Entries from {@code lsn} on are void. Shard thread. */
    void onTruncated(long lsn) {
        synchronized (forcing) {
            appendedLsn = lsn;
            flushedLsn = Math.min(flushedLsn, lsn);
        }
    }

    /** A new file takes appends from now on. Shard thread. */
    void onStarted(SegmentFile file, List<Path> changedDirectories) {
        synchronized (dirty) {
            onComplete();
            dirty.add(new Dirty(file));
            dirtyDirectories.addAll(changedDirectories);
        }
    }

    /** The active file takes no more appends. Shard thread. */
    void onComplete() {
        synchronized (dirty) {
            dirty.forEach(file -> file.complete = true);
        }
    }

    /** Everything below {@code nextLsn} is in the page cache. Shard thread. */
    void onAppended(long nextLsn, long place, long bytes) {
        appendedPlace = place;
        totalBytes += bytes;
        appendedBytes = totalBytes;
        appendedLsn = nextLsn;
    }

    long flushedLsn() {
        return flushedLsn;
    }

    /** A {@link LogPosition} below which all is on disk. */
    long forcedPlace() {
        return forcedPlace;
    }

    long unflushedBytes() {
        return appendedBytes - flushedBytes;
    }

    @Override
    public long flush() throws IOException {
        long wanted = appendedLsn;
        synchronized (forcing) {
            return failure == null && flushedLsn >= wanted ? flushedLsn : forceNow();
        }
    }

    /** Forces whatever was appended, also when its LSN was forced before. */
    long forceNow() throws IOException {
        synchronized (forcing) {
            if (failure != null) {
                throw new IOException("an earlier force failed", failure);
            }
            long lsn = appendedLsn;
            long place = appendedPlace;
            long bytes = appendedBytes;
            long started = System.nanoTime();
            try {
                forceAll();
                mark.write(place);
            } catch (IOException | RuntimeException e) {
                failure = e instanceof IOException io ? io : new IOException(e);
                failures.onFailed(failure);
                throw failure;
            }
            events.onFlushed(shard, bytes - flushedBytes, System.nanoTime() - started);
            forcedPlace = place;
            flushedBytes = bytes;
            flushedLsn = lsn;
            return lsn;
        }
    }

    private void forceAll() throws IOException {
        List<Dirty> files;
        List<Path> directories;
        List<Dirty> completed = new ArrayList<>();
        synchronized (dirty) {
            files = List.copyOf(dirty);
            directories = List.copyOf(dirtyDirectories);
            dirtyDirectories.clear();
            files.stream().filter(file -> file.complete).forEach(completed::add);
        }
        for (Dirty file : files) {
            if (file.file.tryRetain()) {
                try {
                    file.file.channel().force(false);
                } finally {
                    file.file.release();
                }
            }
        }
        for (Path directory : directories) {
            LogFiles.force(directory);
        }
        synchronized (dirty) {
            dirty.removeAll(completed);
        }
    }

    void close() throws IOException {
        synchronized (forcing) {
            mark.close();
        }
    }
}
