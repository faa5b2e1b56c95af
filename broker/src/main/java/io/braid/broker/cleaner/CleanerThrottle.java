package io.braid.broker.cleaner;

import io.braid.log.compact.CompactionBudget;
import java.io.InterruptedIOException;
import java.util.function.LongSupplier;

/**
 * Holds passes to a rate by pauses, which an interrupt of the thread ends together with the pass. Used by the cleaner's thread.
 */
final class CleanerThrottle implements CompactionBudget {
    private static final long LEAST_PAUSE_NANOS = 5_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final double bytesPerSecond;
    private final LongSupplier nanoTime;
    private final Pause pause;
    /** When what was spent so far is paid for. */
    private long paidNanos;

    /** Waits. */
    interface Pause {
        void nanos(long nanos) throws InterruptedException;
    }

    CleanerThrottle(double bytesPerSecond, LongSupplier nanoTime, Pause pause) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.pause = pause;
        this.paidNanos = nanoTime.getAsLong();
    }

    @Override
    public void spend(long bytes) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("the cleaner stops");
        }
        long now = nanoTime.getAsLong();
        paidNanos = Math.max(paidNanos, now) + (long) (bytes / bytesPerSecond * NANOS_PER_SECOND);
        if (paidNanos - now >= LEAST_PAUSE_NANOS) {
            try {
                pause.nanos(paidNanos - now);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the cleaner stops");
            }
        }
    }
}
