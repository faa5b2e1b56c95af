package io.braid.log;

import io.braid.log.index.ActiveIndex;
import io.braid.log.index.CorruptIndexException;
import io.braid.log.rewrite.DamagedSourceException;
import io.braid.log.rewrite.FileStep;
import io.braid.log.rewrite.RewritePlanner;
import io.braid.log.rewrite.SegmentManifest;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Rewrites a log's sealed segments, one rewrite at a time: a look for what is worth it, copying in pieces that keep to the directory's budget,
 * the manifest, the change to the new segment, and the removal of the old files. Looking and copying are a lane of their own, beside
 * {@link LogMaintenance}'s; the manifest and the removal are its housekeeping, so that nothing is sealed or deleted meanwhile.
 *
 * <p>Owned by the shard thread; pieces run on background threads and hand back what the shard thread then does.
 */
final class Rewriting {
    private static final long PIECE_BYTES = 4 << 20;

    /** Less is not worth a file. */
    private static final long MIN_RECLAIM_BYTES = 16 << 10;

    private static final long IDLE_INTERVAL_MS = 3600_000;
    private static final long FAILED_INTERVAL_MS = 60_000;

    /** A look is followed by a pause of so many times what it took. */
    private static final int PAUSE_RATIO = 20;

    /** Free space that a rewrite leaves for checkpoints and entries. */
    private static final long SPACE_LEFT_BYTES = 2 << 20;

    /** With the disk full, whatever frees something is worth it. */
    private static final double FULL_DISK_DEAD_RATIO = 0.05;

    private final LogHome home;
    private final GroupFlusher flusher;
    private final RewriteConfig config;
    private final RewriteBudget budget;
    private final Object lane = new Object();
    private final Queue<Runnable> results = new ConcurrentLinkedQueue<>();
    private volatile boolean working;
    private volatile boolean stopped = true;
    /** Changed by housekeeping only. */
    private volatile SegmentManifest manifest = SegmentManifest.EMPTY;

    private volatile FileStep step = FileStep.NONE;

    // Shard thread only.
    private long horizonLsn;
    private boolean changed;
    private long nextLookMs;
    private long polledMs;
    private long idleLookMs;
    private long nextNumber;
    private RewriteLook pending;
    private RewriteJob job;
    private boolean copied;
    private boolean committing;
    private long waitsForCheckpoint;
    private List<Segment> replaced = List.of();

    Rewriting(LogHome home, GroupFlusher flusher) {
        this.home = home;
        this.flusher = flusher;
        this.config = home.config().rewrite();
        this.budget = home.directory().rewriteBudget();
    }

    /** Begins after recovery, or goes on after a truncation. */
    void start(SegmentManifest recovered) throws IOException {
        if (job != null) {
            drop(job);
        }
        manifest = recovered;
        nextNumber = Math.max(nextNumber, recovered.next());
        changed = true;
        pending = null;
        waitsForCheckpoint = 0;
        results.clear();
        nextLookMs = 0;
        stopped = false;
    }

    SegmentManifest manifest() {
        return manifest;
    }

    /** For tests: what is told of each change of the file system. */
    void fileStep(FileStep told) {
        step = told;
    }

    /** Ends what is under way, and waits for it; removes what was not finished. What has been put into the manifest stays to be taken up. */
    void stop() throws IOException {
        stopped = true;
        synchronized (lane) {
            if (job != null && !committing) {
                drop(job);
            }
        }
        budget.leave(home.shard());
    }

    private void drop(RewriteJob left) throws IOException {
        job = null;
        copied = false;
        committing = false;
        left.inputs().forEach(segment -> segment.rewriting = false);
        budget.leave(home.shard());
        left.discard();
    }

    /** Entries below are with every in-sync replica: none will ask for them one by one. */
    void below(long lsn) {
        horizonLsn = Math.max(horizonLsn, lsn);
    }

    /** Data died, a segment was sealed, or a checkpoint written. */
    void onChanged() {
        changed = true;
    }

    /** Whether results wait that change which segments there are: no housekeeping may begin before. */
    boolean hasResults() {
        return !results.isEmpty();
    }

    /** Does what finished pieces have left for the shard thread. */
    void takeResults() {
        for (Runnable result = results.poll(); result != null; result = results.poll()) {
            result.run();
        }
    }

    /** Bytes that could be freed if a checkpoint were written now, as of the last look. */
    long waitsForCheckpoint() {
        return waitsForCheckpoint;
    }

    /** A checkpoint is on its way. */
    void onCheckpoint() {
        waitsForCheckpoint = 0;
    }

    /** The next piece of looking or copying, if it is due. */
    Optional<Runnable> next(long nowMs, SharedLog log, long checkpointLsn) {
        polledMs = nowMs;
        if (working || stopped || config.logsAtOnce() == 0) {
            return Optional.empty();
        }
        if (job != null) {
            return copied ? Optional.empty() : copy(nowMs);
        }
        if (pending == null && isLookDue(nowMs)) {
            changed = false;
            idleLookMs = nowMs + IDLE_INTERVAL_MS;
            pending = look(log, checkpointLsn);
        }
        if (pending != null
                && Math.max(pending.lsn(), checkpointLsn) <= log.committedLsn()
                && budget.enter(home.shard())) {
            RewriteLook look = pending;
            pending = null;
            working = true;
            return Optional.of(() -> inLane(() -> look(look, log, nowMs)));
        }
        return Optional.empty();
    }

    private boolean isLookDue(long nowMs) {
        return nowMs >= nextLookMs && replaced.isEmpty() && (changed || nowMs >= idleLookMs);
    }

    private RewriteLook look(SharedLog log, long checkpointLsn) {
        Segment active = log.tail().active();
        return new RewriteLook(
                log.segments().list(),
                log.tables().partitions.snapshot(),
                log.nextLsn(),
                horizonLsn,
                checkpointLsn,
                Optional.ofNullable(active).map(segment -> segment.rows.view()));
    }

    /** A piece of the lane. */
    private interface Piece {
        void run() throws IOException;
    }

    private void inLane(Piece piece) {
        synchronized (lane) {
            try {
                if (!stopped) {
                    piece.run();
                }
            } catch (IOException | RuntimeException e) {
                onFailed(e);
            } finally {
                working = false;
            }
        }
    }

    private void look(RewriteLook look, SharedLog log, long nowMs) throws IOException {
        long started = System.nanoTime();
        boolean full = !home.directory().writable();
        long space = Math.max(0, home.directory().usableSpace() - SPACE_LEFT_BYTES);
        RewritePlanner planner = new RewritePlanner(new RewritePlanner.Limits(
                full ? Math.min(FULL_DISK_DEAD_RATIO, config.minDeadRatio()) : config.minDeadRatio(),
                MIN_RECLAIM_BYTES,
                config.maxDeadAgeMs(),
                config.sortAfterMs(),
                config.mergeSegments(),
                home.config().segmentBytesMax(),
                ActiveIndex.MAX_ROWS));
        RewriteLook.Found found = look(look, planner, nowMs, space);
        if (full && found.inputs().isEmpty() && found.deadBytes() > 0) {
            found = lookWithReserve(look, planner, nowMs, space).orElse(found);
        }
        onFound(look, found, log, nowMs, started);
    }

    /** The reserved space is for what frees more of it. */
    private Optional<RewriteLook.Found> lookWithReserve(
            RewriteLook look, RewritePlanner planner, long nowMs, long space) throws IOException {
        RewriteLook.Found found =
                look(look, planner, nowMs, space + home.directory().reservedBytes());
        boolean given = !found.inputs().isEmpty() && home.directory().giveReserve();
        return given ? Optional.of(found) : Optional.empty();
    }

    private void onFound(RewriteLook look, RewriteLook.Found found, SharedLog log, long nowMs, long started) {
        home.events().onSegmentsLookedAt(home.shard(), found.fileBytes(), found.deadBytes());
        long pauseMs = Math.max(config.intervalMs(), PAUSE_RATIO * (System.nanoTime() - started) / 1_000_000);
        results.add(() -> onLooked(look, found, log, nowMs + pauseMs));
    }

    private RewriteLook.Found look(RewriteLook look, RewritePlanner planner, long nowMs, long space)
            throws IOException {
        return look.run(planner, config.sortAfterMs(), home.config().segmentBytesMin() / 2, nowMs, space);
    }

    private void onLooked(RewriteLook look, RewriteLook.Found found, SharedLog log, long againMs) {
        waitsForCheckpoint = found.waitsForCheckpoint();
        if (stopped) {
            return;
        }
        if (found.activeIsDead()) {
            log.rollActive();
        }
        boolean there = log.segments().all().containsAll(found.inputs());
        if (found.inputs().isEmpty() || !there) {
            budget.leave(home.shard());
            nextLookMs = againMs;
            changed |= !there;
            return;
        }
        found.inputs().forEach(segment -> segment.rewriting = true);
        job = new RewriteJob(
                home.files(),
                found.inputs(),
                Math.toIntExact(nextNumber++),
                log.tail().logTag(),
                new RetentionSelector(look.partitions(), look.segments().compacted()),
                look.partitions(),
                look.segments(),
                step);
        copied = false;
    }

    private Optional<Runnable> copy(long nowMs) {
        boolean full = !home.directory().writable();
        long granted = full ? PIECE_BYTES : budget.take(PIECE_BYTES, nowMs);
        if (granted == 0) {
            return Optional.empty();
        }
        working = true;
        RewriteJob copying = job;
        return Optional.of(() -> inLane(() -> copy(copying, granted)));
    }

    private void copy(RewriteJob copying, long granted) throws IOException {
        long before = copying.bytesRead();
        try {
            if (copying.advance(granted)) {
                results.add(() -> copied |= job == copying);
            }
        } finally {
            budget.settle(granted, copying.bytesRead() - before);
        }
    }

    /** What is to be done while nothing else changes the segments. */
    Optional<LogMaintenance.Housekeeping> housekeepingDue(SharedLog log, boolean unpinned) {
        if (stopped) {
            return Optional.empty();
        }
        if (job != null && copied && !committing && !working) {
            committing = true;
            RewriteJob done = job;
            return Optional.of(() -> commit(done, log));
        }
        if (!replaced.isEmpty() && unpinned) {
            List<Segment> old = replaced;
            return Optional.of(() -> {
                remove(old);
                results.add(() -> replaced = List.of());
            });
        }
        return Optional.empty();
    }

    private void commit(RewriteJob done, SharedLog log) throws IOException {
        try {
            done.release();
            Optional<SegmentManifest.Rewritten> entry = done.isOutdated() ? Optional.empty() : done.entry();
            if (entry.isEmpty()) {
                results.add(() -> abandon(done));
                return;
            }
            // What killed the batches that were dropped must survive before they go.
            flusher.flush();
            SegmentManifest next = manifest.with(entry.get());
            ManifestFile.write(home.files(), next, step);
            manifest = next;
            results.add(() -> onCommitted(done, log));
        } catch (IOException | RuntimeException e) {
            results.add(() -> abandon(done));
            throw e;
        }
    }

    private void abandon(RewriteJob left) {
        if (job == left) {
            try {
                drop(left);
            } catch (IOException e) {
                home.directory().onFailed(e);
            }
        }
    }

    private void onCommitted(RewriteJob done, SharedLog log) {
        Segment made = done.segment();
        log.replaceSegments(done.inputs(), made);
        List<Segment> old = new ArrayList<>(replaced);
        old.addAll(done.inputs());
        replaced = old;
        job = null;
        copied = false;
        committing = false;
        changed = true;
        budget.leave(home.shard());
        long before =
                done.inputs().stream().mapToLong(segment -> segment.endPosition).sum();
        home.events().onRewritten(home.shard(), done.inputs().size(), before, made.endPosition);
    }

    /** Lets go of the segments that others have taken the place of, at a clean stop; removes their files unless a copy is under way. */
    void finish(boolean unpinned) throws IOException {
        if (unpinned && !replaced.isEmpty()) {
            remove(replaced);
            replaced = List.of();
        }
        for (Segment segment : replaced) {
            segment.closeReplaced();
        }
    }

    private void remove(List<Segment> old) throws IOException {
        for (Segment segment : old) {
            segment.closeReplaced();
            Files.deleteIfExists(segment.file.path());
            step.done();
            Files.deleteIfExists(LogFiles.index(segment.file.path()));
            step.done();
        }
        LogFiles.force(home.files().directory());
    }

    /**
     * Takes dead segments that are about to be deleted out of the manifest. Housekeeping.
     *
     * @param newest whether the newest segment is among them, so that the log seems to end too early
     */
    void forget(List<Segment> dead, boolean newest) throws IOException {
        List<Integer> rewritten = dead.stream()
                .filter(Segment::isRewritten)
                .map(segment -> segment.ordinal)
                .toList();
        if (newest || !rewritten.isEmpty()) {
            SegmentManifest next = manifest.without(rewritten);
            if (newest) {
                next = next.gone(dead.get(dead.size() - 1).endLsn);
            }
            ManifestFile.write(home.files(), next, step);
            manifest = next;
        }
    }

    /** A rewrite that fails leaves everything as it was. */
    private void onFailed(Exception cause) {
        if (cause instanceof DamagedSourceException damage) {
            results.add(() -> onDamaged(damage));
        } else if (cause instanceof CorruptIndexException
                || cause instanceof CorruptBatchException
                || cause instanceof RuntimeException) {
            results.add(() -> onUnusable(cause));
        } else if (!(cause instanceof SegmentGoneException || cause instanceof ClosedChannelException)) {
            if (cause instanceof IOException io && Preallocation.isNoSpace(io)) {
                home.directory().pollSpace();
            } else {
                home.directory().onFailed(cause);
            }
        }
        results.add(this::giveUp);
    }

    private void onDamaged(DamagedSourceException damage) {
        if (job == null) {
            return;
        }
        for (Segment segment : job.inputs()) {
            if (segment.ordinal == damage.segment()) {
                leave(segment, damage.position(), damage);
            }
        }
    }

    /** It is not known which of the sources it was; all stay as they are. */
    private void onUnusable(Exception cause) {
        if (job != null) {
            job.inputs().forEach(segment -> leave(segment, 0, cause));
        }
    }

    private void leave(Segment segment, long position, Exception cause) {
        if (!segment.damaged) {
            segment.damaged = true;
            home.events()
                    .onDamage(
                            home.shard(),
                            segment.firstLsn,
                            segment.endLsn,
                            segment.file.path(),
                            position,
                            "cannot be rewritten: " + cause);
        }
    }

    private void giveUp() {
        changed = true;
        nextLookMs = polledMs + FAILED_INTERVAL_MS;
        if (job != null) {
            abandon(job);
        } else {
            budget.leave(home.shard());
        }
    }
}
