package io.braid.log;

import java.util.HashSet;
import java.util.Set;

/** How much of a directory's disk rewriting may take: so many logs at a time, so many bytes a second. Thread-safe. */
final class RewriteBudget {
    private static final long BURST_MS = 1000;

    private final RewriteConfig config;
    private final Set<Integer> shards = new HashSet<>();
    private double available;
    private long filledMs = Long.MIN_VALUE;

    RewriteBudget(RewriteConfig config) {
        this.config = config;
        this.available = config.bytesPerSecond();
    }

    /** Lets a shard's log begin; false when others are at it. */
    synchronized boolean enter(int shard) {
        return shards.contains(shard) || (shards.size() < config.logsAtOnce() && shards.add(shard));
    }

    synchronized void leave(int shard) {
        shards.remove(shard);
    }

    /** Takes up to {@code wanted} bytes of what may be read by now; 0 when a useful piece has not come together yet. */
    synchronized long take(long wanted, long nowMs) {
        if (filledMs == Long.MIN_VALUE) {
            filledMs = nowMs;
        }
        long passed = Math.max(0, Math.min(nowMs - filledMs, BURST_MS));
        available = Math.min((double) config.bytesPerSecond(), available + passed / 1000.0 * config.bytesPerSecond());
        filledMs = nowMs;
        long piece = Math.min(wanted, config.bytesPerSecond());
        if (available < piece) {
            return 0;
        }
        available -= piece;
        return piece;
    }

    /** Gives back what was taken and not read, or takes what was read beyond it. */
    synchronized void settle(long taken, long read) {
        available = Math.min((double) config.bytesPerSecond(), available + taken - read);
    }
}
