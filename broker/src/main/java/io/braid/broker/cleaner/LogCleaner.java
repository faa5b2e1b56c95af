package io.braid.broker.cleaner;

import io.braid.broker.shard.Shards;
import io.braid.log.CompactionResult;
import io.braid.log.CompactionScan;
import io.braid.log.SegmentGoneException;
import io.braid.log.compact.CompactionPolicy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes round the shards and compacts what is due, one pass at a time on the node. A pass reads an immutable view of a log and writes
 * new files beside; only the handing over of its result runs on the shard's thread. {@link #start} and {@link #close} are called by
 * the thread that starts and stops the node.
 */
public final class LogCleaner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);
    private static final long ANSWER_TIMEOUT_MS = 5000;

    /** How often, and after what time, a shard is asked again whose view is not all committed. */
    private static final int ASKED = 4;

    private static final long ASK_AGAIN_MS = 50;
    private static final long STOP_TIMEOUT_MS = 30_000;

    private final CleanerConfig config;
    private final Shards shards;
    private final Supplier<? extends CompactionPolicy> policies;
    private final CleanerEvents events;
    private final CleanerThrottle throttle;
    private final Thread thread = new Thread(this::run, "braid-log-cleaner");

    /** @param policies gives the topics' settings as they are now */
    public LogCleaner(
            CleanerConfig config, Shards shards, Supplier<? extends CompactionPolicy> policies, CleanerEvents events) {
        this.config = config;
        this.shards = shards;
        this.policies = policies;
        this.events = events;
        this.throttle = new CleanerThrottle(
                config.bytesPerSecond(), System::nanoTime, nanos -> TimeUnit.NANOSECONDS.sleep(nanos));
        thread.setDaemon(true);
    }

    public void start() {
        if (config.enabled()) {
            thread.start();
        }
    }

    private void run() {
        try {
            while (true) {
                boolean again = round();
                Thread.sleep(again ? 1 : config.backoffMs());
            }
        } catch (InterruptedException e) {
            // close() has asked for it.
        }
    }

    /** Looks at every shard once; true when one has more to do at once. */
    private boolean round() throws InterruptedException {
        boolean again = false;
        double maxDirtyRatio = 0;
        CompactionPolicy policy = policies.get();
        for (int shard : shards.ids()) {
            Optional<CompactionResult> result = clean(shard, policy);
            again |= result.isPresent() && result.get().again();
            maxDirtyRatio = Math.max(
                    maxDirtyRatio, result.map(CompactionResult::maxDirtyRatio).orElse(0.0));
        }
        events.onRound(maxDirtyRatio, System.currentTimeMillis());
        return again;
    }

    private Optional<CompactionResult> clean(int shard, CompactionPolicy policy) throws InterruptedException {
        Optional<CompactionScan> scan = Optional.empty();
        for (int i = 0; i < ASKED && scan.isEmpty(); i++) {
            if (i > 0) {
                Thread.sleep(ASK_AGAIN_MS);
            }
            scan = scan(shard);
        }
        return scan.isEmpty() ? Optional.empty() : run(shard, scan.get(), policy);
    }

    /** A view of the shard's log; empty when it is not here, or not all committed. */
    private Optional<CompactionScan> scan(int shard) throws InterruptedException {
        BlockingQueue<Optional<CompactionScan>> answer = new ArrayBlockingQueue<>(1);
        if (!shards.compactionScan(shard, answer::add)) {
            return Optional.empty();
        }
        Optional<CompactionScan> scan = answer.poll(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        return scan == null ? Optional.empty() : scan;
    }

    private Optional<CompactionResult> run(int shard, CompactionScan scan, CompactionPolicy policy)
            throws InterruptedException {
        long started = System.nanoTime();
        try {
            CompactionResult result = scan.run(policy, config.limits(), throttle, System.currentTimeMillis());
            shards.onCompacted(shard, result);
            long nanos = System.nanoTime() - started;
            events.onScanned(shard, result, nanos);
            if (result.partitions() > 0) {
                LOG.debug(
                        "event=compacted shard={} partitions={} records_read={} records_kept={} bytes_read={}"
                                + " bytes_written={} ms={}",
                        shard,
                        result.partitions(),
                        result.recordsRead(),
                        result.recordsKept(),
                        result.bytesRead(),
                        result.bytesWritten(),
                        TimeUnit.NANOSECONDS.toMillis(nanos));
            }
            return Optional.of(result);
        } catch (InterruptedIOException e) {
            throw new InterruptedException(e.getMessage());
        } catch (SegmentGoneException e) {
            LOG.debug("event=compaction_deferred shard={} reason=\"{}\"", shard, e.getMessage());
        } catch (IOException | RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException(e.getMessage());
            }
            events.onFailed(shard);
            LOG.error("event=compaction_failed shard={}", shard, e);
        }
        return Optional.empty();
    }

    /** Ends the pass that is running and waits for it. Call it before the shards are closed. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
