package io.braid.broker;

import io.braid.broker.metrics.LogMetrics;
import io.braid.log.LogListener;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what happens in the logs to the node's log, where it is of the life cycle, and counts it. Thread-safe. */
final class LogEvents implements LogListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogEvents.class);

    private final LogMetrics metrics;

    LogEvents(LogMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void onRecovered(int shard, long nextLsn, long replayedEntries, long replayedBytes, long nanos) {
        LOG.debug(
                "event=shard_recovered shard={} next_lsn={} replayed_entries={} replayed_bytes={} ms={}",
                shard,
                nextLsn,
                replayedEntries,
                replayedBytes,
                nanos / 1_000_000);
        metrics.onRecovered(shard, nextLsn, replayedEntries, replayedBytes, nanos);
    }

    @Override
    public void onUnsyncedTailLost(int shard, long endLsn, long bytes, String reason) {
        LOG.warn("event=unsynced_tail_lost shard={} end_lsn={} bytes={} reason=\"{}\"", shard, endLsn, bytes, reason);
        metrics.onUnsyncedTailLost(shard, endLsn, bytes, reason);
    }

    @Override
    public void onDamage(int shard, long fromLsn, long toLsn, Path file, long position, String reason) {
        LOG.error(
                "event=log_damaged shard={} from_lsn={} to_lsn={} file={} position={} reason=\"{}\"",
                shard,
                fromLsn,
                toLsn,
                file,
                position,
                reason);
        metrics.onDamage(shard, fromLsn, toLsn, file, position, reason);
    }

    @Override
    public void onFlushed(int shard, long bytes, long nanos) {
        metrics.onFlushed(shard, bytes, nanos);
    }

    @Override
    public void onSealed(int shard, long firstLsn, long endLsn, long bytes) {
        metrics.onSealed(shard, firstLsn, endLsn, bytes);
    }

    @Override
    public void onSegmentDeleted(int shard, long firstLsn, long bytes) {
        metrics.onSegmentDeleted(shard, firstLsn, bytes);
    }

    @Override
    public void onRewritten(int shard, int segments, long bytesBefore, long bytesAfter) {
        LOG.debug(
                "event=segments_rewritten shard={} segments={} bytes_before={} bytes_after={}",
                shard,
                segments,
                bytesBefore,
                bytesAfter);
        metrics.onRewritten(shard, segments, bytesBefore, bytesAfter);
    }

    @Override
    public void onSegmentsLookedAt(int shard, long bytes, long deadBytes) {
        metrics.onSegmentsLookedAt(shard, bytes, deadBytes);
    }

    @Override
    public void onWritable(Path directory, boolean writable, long freeBytes) {
        LOG.warn("event=log_directory_writable directory={} writable={} free_bytes={}", directory, writable, freeBytes);
        metrics.onWritable(directory, writable, freeBytes);
    }

    @Override
    public void onFailed(Path directory, Throwable cause) {
        LOG.error("event=log_directory_failed directory={}", directory, cause);
        metrics.onFailed(directory, cause);
    }
}
