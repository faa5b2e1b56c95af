package io.braid.broker.metrics;

import io.braid.broker.cleaner.CleanerEvents;
import io.braid.log.CompactionResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** The log cleaner: what it reads and leaves, and how far behind it is. Thread-safe. */
public final class CleanerMetrics implements CleanerEvents {
    private final Timer passes;
    private final Counter failures;
    private final Counter partitions;
    private final Counter bytesRead;
    private final Counter bytesWritten;
    private final Counter recordsRead;
    private final Counter recordsKept;
    private volatile long maxDirtyPercent;
    private volatile long lastRoundMs = System.currentTimeMillis();

    CleanerMetrics(Meters meters) {
        passes = meters.timer(Metric.CLEANER_PASS_SECONDS);
        failures = meters.counter(Metric.CLEANER_FAILURES);
        partitions = meters.counter(Metric.CLEANER_PARTITIONS);
        bytesRead = meters.counter(Metric.CLEANER_BYTES_READ);
        bytesWritten = meters.counter(Metric.CLEANER_BYTES_WRITTEN);
        recordsRead = meters.counter(Metric.CLEANER_RECORDS_READ);
        recordsKept = meters.counter(Metric.CLEANER_RECORDS_KEPT);
        meters.gauge(Metric.CLEANER_MAX_DIRTY, () -> maxDirtyPercent);
        meters.gauge(Metric.CLEANER_IDLE, () -> (System.currentTimeMillis() - lastRoundMs) / 1000);
    }

    @Override
    public void onScanned(int shard, CompactionResult result, long nanos) {
        if (result.bytesWritten() > 0) {
            passes.record(nanos, TimeUnit.NANOSECONDS);
        }
        partitions.increment((double) result.partitions());
        bytesRead.increment((double) result.bytesRead());
        bytesWritten.increment((double) result.bytesWritten());
        recordsRead.increment((double) result.recordsRead());
        recordsKept.increment((double) result.recordsKept());
    }

    @Override
    public void onFailed(int shard) {
        failures.increment();
    }

    @Override
    public void onRound(double maxDirtyRatio, long nowMs) {
        maxDirtyPercent = Math.round(100 * maxDirtyRatio);
        lastRoundMs = nowMs;
    }
}
