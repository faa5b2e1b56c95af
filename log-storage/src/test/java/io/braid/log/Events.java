package io.braid.log;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers what a log reported. */
final class Events implements LogListener {
    final List<String> damages = new CopyOnWriteArrayList<>();
    final List<String> lostTails = new CopyOnWriteArrayList<>();
    final List<Long> deleted = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final List<Integer> rewritten = new CopyOnWriteArrayList<>();
    final AtomicLong bytesRewritten = new AtomicLong();
    volatile long replayedEntries;

    @Override
    public void onRecovered(int shard, long nextLsn, long entries, long bytes, long nanos) {
        replayedEntries = entries;
    }

    @Override
    public void onDamage(int shard, long fromLsn, long toLsn, Path file, long position, String reason) {
        damages.add(fromLsn + ".." + toLsn + " " + reason);
    }

    @Override
    public void onUnsyncedTailLost(int shard, long endLsn, long bytes, String reason) {
        lostTails.add(endLsn + " " + reason);
    }

    @Override
    public void onSegmentDeleted(int shard, long firstLsn, long bytes) {
        deleted.add(firstLsn);
    }

    @Override
    public void onRewritten(int shard, int segments, long bytesBefore, long bytesAfter) {
        rewritten.add(segments);
        bytesRewritten.addAndGet(bytesAfter);
    }

    @Override
    public void onFailed(Path directory, Throwable cause) {
        failures.add(cause);
    }
}
