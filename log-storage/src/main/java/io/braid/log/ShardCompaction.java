package io.braid.log;

import io.braid.log.compact.CompactionBudget;
import io.braid.log.compact.CompactionLimits;
import io.braid.log.compact.CompactionPolicy;
import io.braid.log.compact.OffsetMap;
import io.braid.log.compact.PartitionCompaction;
import io.braid.log.index.PartitionIndex;
import io.braid.log.rewrite.FileStep;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.collections.LongHashSet;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * The compaction of one log: scans one at a time on a background thread, which {@link #stop} waits for, and the files of segments
 * that have left the set. The shard thread starts, stops and hands out views; what is written in a scan changes nothing of the log
 * until the shard thread takes the result.
 */
final class ShardCompaction {
    private static final int SALT_BYTES = 16;

    private final LogHome home;
    private final CompactedFiles files;
    private final LogMaintenance maintenance;
    private final GroupFlusher flusher;
    private final CompactionPlanner planner = new CompactionPlanner();
    private final SecureRandom random = new SecureRandom();
    private final Object scanning = new Object();
    private final AtomicInteger nextOrdinal = new AtomicInteger(CompactedSet.FIRST_ORDINAL);
    /** Out of the set, still on disk. */
    private final Queue<Segment> removed = new ConcurrentLinkedQueue<>();

    private volatile boolean stopped;
    private final AtomicInteger round = new AtomicInteger();
    private volatile FileStep step = FileStep.NONE;

    ShardCompaction(LogHome home, LogMaintenance maintenance, GroupFlusher flusher) {
        this.home = home;
        this.files = new CompactedFiles(home);
        this.maintenance = maintenance;
        this.flusher = flusher;
    }

    /** For tests: told of each change of the file system. */
    void onStep(FileStep told) {
        step = told;
    }

    /** Begins after recovery, or again after {@link #stop}. */
    void start(CompactedSet set) {
        for (CompactedSet.Member member : set.members()) {
            nextOrdinal.accumulateAndGet(member.segment().ordinal + 1, Math::max);
        }
        stopped = false;
    }

    /** Ends the scan that is running, and waits for it. Those handed out before do nothing any more. */
    void stop() {
        stopped = true;
        round.incrementAndGet();
        synchronized (scanning) {
            planner.forget();
        }
    }

    CompactionScan scan(CompactionView view) {
        int asked = round.get();
        return (policy, limits, budget, nowMs) -> {
            synchronized (scanning) {
                checkNotOver(asked);
                return scan(
                        view,
                        policy,
                        limits,
                        bytes -> {
                            checkNotOver(asked);
                            budget.spend(bytes);
                        },
                        nowMs);
            }
        };
    }

    private void checkNotOver(int asked) throws SegmentGoneException {
        if (stopped || asked != round.get()) {
            throw new SegmentGoneException("the log of shard " + home.shard() + " was stopped");
        }
    }

    private CompactionResult scan(
            CompactionView view, CompactionPolicy policy, CompactionLimits limits, CompactionBudget budget, long nowMs)
            throws IOException {
        view.compacted().verify();
        deleteRemoved(view);
        CompactionPlanner.Plan plan;
        boolean done = false;
        try {
            plan = planner.plan(view, policy, nowMs);
            List<Segment> dead = planner.dead();
            CompactionResult result = compact(view, plan, dead, limits, budget, nowMs);
            done = true;
            return result;
        } finally {
            if (!done) {
                planner.forget();
            }
        }
    }

    /** Unlinks what the shard thread took out of the set, unless a follower copies files. */
    private void deleteRemoved(CompactionView view) throws IOException {
        if (removed.isEmpty() || maintenance.isPinned()) {
            return;
        }
        flusher.flush(); // what killed them must survive before they go
        files.writeList(view.compacted());
        step.done();
        for (Segment segment = removed.peek(); segment != null; segment = removed.peek()) {
            segment.delete();
            step.done();
            home.events().onSegmentDeleted(home.shard(), segment.firstLsn, segment.endPosition);
            removed.remove();
        }
        LogFiles.force(home.files().directory());
    }

    private CompactionResult compact(
            CompactionView view,
            CompactionPlanner.Plan plan,
            List<Segment> dead,
            CompactionLimits limits,
            CompactionBudget budget,
            long nowMs)
            throws IOException {
        int sealOrdinal = plan.seal() ? view.activeOrdinal() : -1;
        if (plan.jobs().isEmpty()) {
            return new CompactionResult(
                    plan.maxDirtyRatio(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    false,
                    new CompactionResult.Install(this, List.of(), dead, List.of(), sealOrdinal));
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        OffsetMap map = new OffsetMap(limits.mapBytes(), limits.mapLoadFactor(), salt);
        int run = nextOrdinal.get();
        long maxFileBytes = home.config().segmentBytesMax();
        try (Pass pass = new Pass(view, map, budget, nowMs, run, maxFileBytes)) {
            for (CompactionJob job : plan.jobs()) {
                pass.compact(job);
            }
            return pass.finish(plan.maxDirtyRatio(), dead, sealOrdinal);
        }
    }

    /** One pass over the jobs of a plan. */
    private final class Pass implements AutoCloseable {
        private final CompactionView view;
        private final OffsetMap map;
        private final CompactionBudget budget;
        private final long nowMs;
        private final CompactedRunWriter writer;
        private final BufferSupplier decompression = BufferSupplier.create();
        private final List<CompactionResult.Change> changes = new ArrayList<>();
        private long bytesRead;
        private long recordsRead;
        private long recordsKept;
        private boolean again;

        Pass(CompactionView view, OffsetMap map, CompactionBudget budget, long nowMs, int run, long maxFileBytes) {
            this.view = view;
            this.map = map;
            this.budget = budget;
            this.nowMs = nowMs;
            this.writer = new CompactedRunWriter(files, run, view.logTag(), maxFileBytes, nowMs, step);
        }

        void compact(CompactionJob job) throws IOException {
            LongHashSet newest = new LongHashSet(-1);
            view.producers()
                    .forEach(
                            view.partitions(),
                            job.row(),
                            row -> newest.add(view.producers().lastOffset(row)));
            PartitionIndex index = view.index().of(view.partitions(), job.row());
            CompactionSource source = new CompactionSource(view.segments(), index, budget);
            PartitionCompaction pass = new PartitionCompaction(map, source, newest::contains, decompression);
            long before = writer.bytesWritten();
            writer.begin(job.key());
            if (job.isCopy()) {
                source.forEach(job.fromOffset(), job.limitOffset(), batch -> {
                    bytesRead += batch.remaining();
                    write(batch);
                    return true;
                });
                return;
            }
            map.clear();
            pass.map(job.dirtyOffset(), job.limitOffset());
            pass.clean(job.fromOffset(), nowMs, job.deleteRetentionMs(), this::write);
            bytesRead += pass.bytesRead();
            recordsRead += pass.recordsRead();
            recordsKept += pass.recordsKept();
            if (pass.isPartial()) {
                again = true;
                planner.forget();
            } else {
                changes.add(new CompactionResult.Change(
                        job.key(), Math.min(0, writer.bytesWritten() - before - job.bytes())));
            }
        }

        private void write(ByteBuffer batch) throws IOException {
            budget.spend(batch.remaining());
            writer.add(batch);
        }

        CompactionResult finish(double maxDirtyRatio, List<Segment> dead, int sealOrdinal) throws IOException {
            view.compacted().verify();
            List<CompactedSet.Member> made = writer.finish();
            for (CompactedSet.Member member : made) {
                nextOrdinal.accumulateAndGet(member.segment().ordinal + 1, Math::max);
            }
            files.writeList(view.compacted().with(made));
            step.done();
            writer.release();
            return new CompactionResult(
                    maxDirtyRatio,
                    changes.size(),
                    bytesRead,
                    writer.bytesWritten(),
                    recordsRead,
                    recordsKept,
                    again,
                    new CompactionResult.Install(ShardCompaction.this, made, dead, changes, sealOrdinal));
        }

        @Override
        public void close() throws IOException {
            decompression.close();
            writer.close();
        }
    }

    /** Notes segments that have left the set: their files go in the next scan. Shard thread. */
    void onRemoved(List<Segment> gone) {
        removed.addAll(gone);
    }
}
