package io.braid.broker.metrics;

import io.braid.log.LogListener;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The shards' logs: what is appended, read, forced, sealed, deleted. */
public final class LogMetrics implements LogListener {

    private final Timer fsync;
    private final LongAdder fsyncBytes = new LongAdder();
    private final LongAdder entries = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder coldReads = new LongAdder();
    private final LongAdder sealed = new LongAdder();
    private final LongAdder deleted = new LongAdder();
    private final LongAdder deletedBytes = new LongAdder();
    private final LongAdder recoveredBytes = new LongAdder();
    private final LongAdder lostBytes = new LongAdder();
    private final LongAdder damages = new LongAdder();
    private final LongAdder rewrites = new LongAdder();
    private final LongAdder rewrittenSegments = new LongAdder();
    private final LongAdder rewriteBytes = new LongAdder();
    private final LongAdder rewriteFreed = new LongAdder();
    /** Dead bytes of each shard when it was last looked at. */
    private final Map<Integer, Long> dead = new ConcurrentHashMap<>();

    private final Set<Path> readOnly = ConcurrentHashMap.newKeySet();

    LogMetrics(Meters meters) {
        fsync = meters.timer(Metric.FSYNC_SECONDS);
        meters.counter(Metric.FSYNC_BYTES, fsyncBytes::sum);
        meters.counter(Metric.APPEND_ENTRIES, entries::sum);
        meters.counter(Metric.APPEND_BYTES, bytes::sum);
        meters.counter(Metric.APPEND_RECORDS, records::sum);
        meters.counter(Metric.READ_BYTES, readBytes::sum);
        meters.counter(Metric.READ_COLD, coldReads::sum);
        meters.counter(Metric.SEGMENTS_SEALED, sealed::sum);
        meters.counter(Metric.SEGMENTS_DELETED, deleted::sum);
        meters.counter(Metric.SEGMENT_BYTES_DELETED, deletedBytes::sum);
        meters.counter(Metric.RECOVERY_BYTES, recoveredBytes::sum);
        meters.counter(Metric.TAIL_LOST, lostBytes::sum);
        meters.counter(Metric.LOG_DAMAGE, damages::sum);
        meters.counter(Metric.REWRITES, rewrites::sum);
        meters.counter(Metric.REWRITTEN_SEGMENTS, rewrittenSegments::sum);
        meters.counter(Metric.REWRITE_BYTES, rewriteBytes::sum);
        meters.counter(Metric.REWRITE_FREED_BYTES, rewriteFreed::sum);
        meters.gauge(
                Metric.DEAD_BYTES,
                () -> dead.values().stream().mapToLong(Long::longValue).sum());
        meters.gauge(Metric.DIRECTORIES_READ_ONLY, readOnly::size);
    }

    /** Entries were appended to a shard's log; once for each append, not for each batch. */
    public void onAppended(long entries, long bytes, long records) {
        this.entries.add(entries);
        this.bytes.add(bytes);
        this.records.add(records);
    }

    /** Batches were read for a fetch. */
    public void onRead(long bytes) {
        readBytes.add(bytes);
    }

    /** A read was handed to a reader thread. */
    public void onColdRead() {
        coldReads.increment();
    }

    @Override
    public void onRecovered(int shard, long nextLsn, long replayedEntries, long replayedBytes, long nanos) {
        recoveredBytes.add(replayedBytes);
    }

    @Override
    public void onUnsyncedTailLost(int shard, long endLsn, long bytes, String reason) {
        lostBytes.add(bytes);
    }

    @Override
    public void onDamage(int shard, long fromLsn, long toLsn, Path file, long position, String reason) {
        damages.increment();
    }

    @Override
    public void onFlushed(int shard, long bytes, long nanos) {
        fsync.record(nanos, TimeUnit.NANOSECONDS);
        fsyncBytes.add(bytes);
    }

    @Override
    public void onSealed(int shard, long firstLsn, long endLsn, long bytes) {
        sealed.increment();
    }

    @Override
    public void onSegmentDeleted(int shard, long firstLsn, long bytes) {
        deleted.increment();
        deletedBytes.add(bytes);
    }

    @Override
    public void onRewritten(int shard, int segments, long bytesBefore, long bytesAfter) {
        rewrites.increment();
        rewrittenSegments.add(segments);
        rewriteBytes.add(bytesAfter);
        rewriteFreed.add(bytesBefore - bytesAfter);
    }

    @Override
    public void onSegmentsLookedAt(int shard, long segmentBytes, long deadBytes) {
        dead.put(shard, deadBytes);
    }

    @Override
    public void onWritable(Path directory, boolean writable, long freeBytes) {
        if (writable) {
            readOnly.remove(directory);
        } else {
            readOnly.add(directory);
        }
    }

    @Override
    public void onFailed(Path directory, Throwable cause) {
        readOnly.add(directory);
    }
}
