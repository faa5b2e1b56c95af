package io.braid.log;

import io.braid.log.index.IndexSnapshot;
import io.braid.log.index.SegmentIndexWriter;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.SegmentManifest;
import io.braid.log.table.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The background work of a log in three lanes, each with at most one piece out: preallocation of the next file; forcing;
 * housekeeping (sealing in order, checkpoints, deletion). The shard thread asks for what is due and picks up results;
 * pieces run on background threads and touch only what is immutable or thread-safe.
 */
final class LogMaintenance {
    private static final long FULL_DISK_BACKOFF_MS = 1000;

    /** A checkpoint is worth writing when the log has grown by so many times its size. */
    private static final int CHECKPOINT_RATIO = 8;

    private static final int CHECKPOINTS_KEPT = 2;

    private final int shard;
    private final LogFiles files;
    private final LogConfig config;
    private final LogListener events;
    private final LogDirectory directory;
    private final GroupFlusher flusher;
    private final Rewriting rewriting;
    /** Open snapshots: nothing is deleted while there is one. */
    private final AtomicInteger pins = new AtomicInteger();

    private final Object housekeeping = new Object();
    private final AtomicReference<Ready> ready = new AtomicReference<>();
    private final AtomicInteger preallocations = new AtomicInteger();
    private final Queue<Sealed> sealed = new ConcurrentLinkedQueue<>();
    private final Queue<List<Segment>> dead = new ConcurrentLinkedQueue<>();

    private volatile long preallocateNotBeforeMs; // a full disk is not asked again at once
    private volatile boolean stopped;
    /** Pieces handed out before the last {@link #stop} do nothing any more. */
    private final AtomicInteger round = new AtomicInteger();

    private volatile boolean preallocating;
    private volatile boolean forcing;
    private volatile boolean keepingHouse;
    private volatile boolean checkpointWritten;
    private volatile long checkpointBytes;
    private volatile long oldestCheckpointLsn;

    // Shard thread only.
    private long bytesSinceCheckpoint;
    private long unflushedSinceMs = -1;
    private boolean dataDied = true;
    /** Waits until what killed the data, and a checkpoint to start from without it, cannot be truncated any more. */
    private DeadSegments pendingSearch;

    /** A preallocated file under a name that Chronicle does not look for. */
    private record Ready(Path file, Path queue, long bytes) {}

    private record Sealed(Segment segment, SegmentInfo info) {}

    /** What the next segment's file should be. */
    record NextFile(boolean due, Path queue, int ordinal, long bytes) {}

    /** The log as the shard thread sees it when it asks for work. */
    record State(SharedLog log) {
        Checkpoint.Snapshot checkpoint() {
            LogTables tables = log.tables();
            return Checkpoint.copyOf(log.position(), tables.partitions, tables.producers, tables.epochs);
        }
    }

    LogMaintenance(LogHome home, GroupFlusher flusher) {
        this.shard = home.shard();
        this.files = home.files();
        this.config = home.config();
        this.events = home.events();
        this.directory = home.directory();
        this.flusher = flusher;
        this.rewriting = new Rewriting(home, flusher);
    }

    /** Begins after recovery. */
    void start(long bytesSince, SegmentManifest manifest) throws IOException {
        List<Path> checkpoints = files.checkpoints();
        oldestCheckpointLsn =
                checkpoints.isEmpty() ? -1 : LogFiles.checkpointLsn(checkpoints.get(checkpoints.size() - 1));
        bytesSinceCheckpoint = bytesSince;
        checkpointBytes = checkpoints.isEmpty() ? 0 : Files.size(checkpoints.get(0));
        unflushedSinceMs = -1;
        dataDied = true;
        pendingSearch = null;
        sealed.clear();
        dead.clear();
        rewriting.start(manifest);
        stopped = false;
    }

    Rewriting rewriting() {
        return rewriting;
    }

    /** As {@link #start}, after a truncation that kept the log open. */
    void restart() throws IOException {
        start(bytesSinceCheckpoint, rewriting.manifest());
    }

    /** Keeps all files until {@link #unpin}. Any thread. */
    void pin() {
        pins.incrementAndGet();
    }

    void unpin() {
        pins.decrementAndGet();
    }

    /** Whether files must stay. Any thread. */
    boolean isPinned() {
        return pins.get() > 0;
    }

    /** Waits for the piece of housekeeping that is running; what is out or asked for does nothing until {@link #start}. */
    void stop() throws IOException {
        stopped = true;
        round.incrementAndGet();
        rewriting.stop();
        synchronized (housekeeping) {
            Ready left = ready.getAndSet(null);
            if (left != null) {
                Files.deleteIfExists(left.file());
            }
        }
    }

    void onAppended(long bytes) {
        bytesSinceCheckpoint += bytes;
    }

    void onDataDied() {
        dataDied = true;
        rewriting.onChanged();
    }

    /** Hands finished work to the shard thread. */
    void takeResults(BiConsumer<Segment, SegmentInfo> onSealed, Consumer<List<Segment>> onDeleted) {
        for (Sealed done = sealed.poll(); done != null; done = sealed.poll()) {
            onSealed.accept(done.segment(), done.info());
            onDataDied();
        }
        for (List<Segment> gone = dead.poll(); gone != null; gone = dead.poll()) {
            onDeleted.accept(gone);
            directory.pollSpace();
        }
        if (checkpointWritten) {
            checkpointWritten = false;
            onDataDied();
        }
        if (!keepingHouse || stopped) {
            rewriting.takeResults();
        }
    }

    /** The most urgent piece that is due and whose lane is free. */
    Optional<Runnable> next(long nowMs, State state) {
        if (!preallocating && nowMs >= preallocateNotBeforeMs && ready.get() == null && directory.writable()) {
            NextFile file = state.log().tail().nextFile();
            if (file.due()) {
                preallocating = true;
                int asked = round.get();
                return Optional.of(() -> preallocate(file, nowMs, asked));
            }
        }
        if (!forcing && forceIsDue(nowMs)) {
            forcing = true;
            return Optional.of(this::force);
        }
        if (!keepingHouse && sealed.isEmpty() && dead.isEmpty() && !rewriting.hasResults()) {
            Optional<Housekeeping> work = housekeepingDue(nowMs, state);
            if (work.isPresent()) {
                keepingHouse = true;
                int asked = round.get();
                return Optional.of(() -> keepHouse(work.get(), asked));
            }
        }
        return rewriting.next(nowMs, state.log(), oldestCheckpointLsn);
    }

    private boolean forceIsDue(long nowMs) {
        long bytes = flusher.unflushedBytes();
        if (bytes == 0) {
            unflushedSinceMs = -1;
            return false;
        }
        if (unflushedSinceMs < 0) {
            unflushedSinceMs = nowMs;
        }
        boolean due = bytes >= config.flushBytes() || nowMs - unflushedSinceMs >= config.flushIntervalMs();
        if (due) {
            unflushedSinceMs = -1;
        }
        return due;
    }

    /** A piece of housekeeping. */
    interface Housekeeping {
        void run() throws IOException;
    }

    private Optional<Housekeeping> housekeepingDue(long nowMs, State state) {
        List<Segment> all = state.log().segments().all();
        for (Segment segment : all) {
            if (segment.inMemory() != null) {
                SegmentList older = state.log().segments().list();
                return Optional.of(() -> seal(segment, older, nowMs));
            }
        }
        Optional<Housekeeping> rewritten = rewriting.housekeepingDue(state.log(), pins.get() == 0);
        if (rewritten.isPresent()) {
            return rewritten;
        }
        long threshold = Math.max(config.checkpointMinBytes(), CHECKPOINT_RATIO * checkpointBytes);
        boolean forSpace = rewriting.takeCheckpointWanted();
        if (forSpace || bytesSinceCheckpoint >= (directory.writable() || !dataDied ? threshold : 1)) {
            bytesSinceCheckpoint = 0;
            Checkpoint.Snapshot snapshot = state.checkpoint();
            IndexSnapshot index = state.log().index();
            long commitLsn = state.log().committedLsn();
            int keep = forSpace ? 1 : CHECKPOINTS_KEPT;
            return Optional.of(() -> checkpoint(snapshot, index, commitLsn, keep));
        }
        if (dataDied && pendingSearch == null) {
            dataDied = false;
            pendingSearch = new DeadSegments(
                    all,
                    state.log().tables().partitions.snapshot(),
                    state.log().segments().compacted(),
                    state.log().nextLsn());
        }
        long certain = Math.max(oldestCheckpointLsn, pendingSearch == null ? 0 : pendingSearch.lsn());
        if (pendingSearch != null && pins.get() == 0 && certain <= state.log().committedLsn()) {
            DeadSegments search = pendingSearch;
            pendingSearch = null;
            return Optional.of(() -> delete(search));
        }
        return Optional.empty();
    }

    private void keepHouse(Housekeeping work, int asked) {
        synchronized (housekeeping) {
            try {
                if (!isOver(asked)) {
                    work.run();
                }
            } catch (LogFullException e) {
                directory.pollSpace();
            } catch (IOException | RuntimeException e) {
                onWorkFailed(e);
            } finally {
                keepingHouse = false;
            }
        }
    }

    private boolean isOver(int asked) {
        return stopped || asked != round.get();
    }

    /** A full disk passes; anything else takes the directory off line. */
    private void onWorkFailed(Exception e) {
        if (e instanceof IOException io && Preallocation.isNoSpace(io)) {
            directory.pollSpace();
        } else {
            directory.onFailed(e);
        }
    }

    private void preallocate(NextFile next, long nowMs, int asked) {
        try {
            Path file = next.queue()
                    .resolve("ready-" + preallocations.incrementAndGet() + SegmentCycle.PREALLOCATED_SUFFIX);
            Preallocation.allocate(file, next.bytes(), SegmentWriter.fileBytes(next.bytes()));
            if (isOver(asked) || ready.getAndSet(new Ready(file, next.queue(), next.bytes())) != null) {
                Files.deleteIfExists(file);
            }
        } catch (LogFullException e) {
            preallocateNotBeforeMs = nowMs + FULL_DISK_BACKOFF_MS;
            directory.pollSpace();
        } catch (IOException | RuntimeException e) {
            preallocateNotBeforeMs = nowMs + FULL_DISK_BACKOFF_MS;
            if (!isOver(asked)) {
                onWorkFailed(e);
            }
        } finally {
            preallocating = false;
        }
    }

    /**
     * Puts a file of at least {@code bytes} where Chronicle takes it for {@code ordinal}: the one made ahead, or one made now.
     * Shard thread.
     *
     * @return its allocated bytes
     */
    long takePreallocated(Path queue, int ordinal, long bytes) throws IOException {
        Path target = SegmentWriter.preallocatedFile(queue, ordinal);
        Ready made = ready.getAndSet(null);
        if (made != null) {
            if (made.queue().equals(queue) && made.bytes() >= bytes) {
                Files.move(made.file(), target);
                return made.bytes();
            }
            Files.deleteIfExists(made.file());
        }
        Files.deleteIfExists(target);
        Preallocation.allocate(target, bytes, SegmentWriter.fileBytes(bytes));
        return bytes;
    }

    private void force() {
        try {
            flusher.flush();
        } catch (IOException e) {
            // The flusher has told the directory, and every further append and flush fails.
        } finally {
            forcing = false;
        }
    }

    /** Writes a rolled segment's index and moves its file out of Chronicle's directory. */
    private void seal(Segment segment, SegmentList older, long nowMs) throws IOException {
        SegmentInfo info = writeIndex(segment, older, nowMs);
        sealed.add(new Sealed(segment, info));
    }

    private SegmentInfo writeIndex(Segment segment, SegmentList older, long nowMs) throws IOException {
        Path path = segment.file.path();
        if (!path.getParent().equals(files.directory())) {
            flusher.flush();
            SealedFiles.cutAndMove(files, segment);
            files.removeQueueIfUnused(path.getParent());
        }
        SegmentInfo info = new SegmentInfo(
                segment.ordinal, segment.ordinal, segment.firstLsn, segment.endLsn, segment.endPosition, nowMs);
        Segment.InMemory rolled = segment.inMemory();
        SegmentIndexWriter.write(LogFiles.index(segment.file.path()), info, rolled.partitions(), rolled.rows(), older);
        return info;
    }

    private void checkpoint(Checkpoint.Snapshot snapshot, IndexSnapshot index, long commitLsn, int keep)
            throws IOException {
        flusher.flush();
        int unindexed = snapshot.at().firstUnindexedSegment();
        long bytes = Checkpoint.write(
                files.checkpoint(snapshot.at().lsn()),
                snapshot,
                row -> index.newestBelow(snapshot.partitions(), row, unindexed));
        prune(commitLsn, keep);
        checkpointBytes = bytes;
        checkpointWritten = true;
    }

    /** Keeps the newest checkpoints, and one at or below what is committed. */
    private void prune(long commitLsn, int keep) throws IOException {
        if (pins.get() > 0) {
            return;
        }
        int kept = 0;
        boolean committed = false;
        for (Path path : files.checkpoints()) {
            long lsn = LogFiles.checkpointLsn(path);
            if (kept < keep || !committed) {
                kept++;
                committed |= lsn <= commitLsn;
                oldestCheckpointLsn = lsn;
            } else {
                Files.deleteIfExists(path);
            }
        }
    }

    private void delete(DeadSegments search) throws IOException {
        List<Segment> gone = search.find(oldestCheckpointLsn);
        if (gone.isEmpty() || pins.get() > 0) {
            return;
        }
        // What killed them must survive before they go.
        flusher.flush();
        rewriting.forget(gone, search.isNewest(gone));
        for (Segment segment : gone) {
            segment.delete();
            events.onSegmentDeleted(shard, segment.firstLsn, segment.endPosition);
        }
        LogFiles.force(files.directory());
        dead.add(gone);
    }

    /** Seals everything and writes a checkpoint, on the calling thread. For a clean stop. */
    void finish(State state, BiConsumer<Segment, SegmentInfo> onSealed) throws IOException {
        synchronized (housekeeping) {
            SharedLog log = state.log();
            if (log.nextLsn() == 0) {
                return;
            }
            flusher.flush();
            for (Segment segment : log.segments().all()) {
                if (segment.inMemory() != null) {
                    onSealed.accept(segment, writeIndex(segment, log.segments().list(), System.currentTimeMillis()));
                }
            }
            if (pins.get() == 0) {
                rewriting.finish();
            }
            files.removeQueues();
            checkpoint(state.checkpoint(), log.index(), log.committedLsn(), CHECKPOINTS_KEPT);
        }
    }
}
