package io.braid.broker.shard;

import io.braid.log.SharedLog;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The upkeep of a shard's log: what is due is asked for on the shard thread, which owns this, and what takes long of it runs in the
 * background. The log must not be closed before {@link #awaitJobs} has returned.
 */
final class LogMaintenance {
    private final SharedLog log;
    private final ShardReplica replica;
    private final Executor background;
    private final AtomicInteger jobs = new AtomicInteger(); // that run or wait for a thread

    LogMaintenance(SharedLog log, ShardReplica replica, Executor background) {
        this.log = log;
        this.replica = replica;
        this.background = background;
    }

    /** Hands what is due to the background. */
    void poll(long nowMs) {
        log.rewriteBelow(replica.rewriteBelowLsn());
        log.pollMaintenance(nowMs).ifPresent(this::inBackground);
    }

    private void inBackground(Runnable job) {
        jobs.incrementAndGet();
        background.execute(() -> {
            try {
                job.run();
            } finally {
                jobs.decrementAndGet();
            }
        });
    }

    /** Waits for what runs in the background; there must be no {@link #poll} any more. Another thread. */
    void awaitJobs() throws InterruptedException {
        while (jobs.get() > 0) {
            Thread.sleep(5);
        }
    }
}
