package io.braid.client.consumer;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The {@link Fetcher} under one lock, shared by the event loop, which fetches, and the threads of the application, which read.
 * The lock is held for what a chunk or a call changes, never while records are decoded. Thread-safe.
 */
final class SharedFetcher {
    private final Fetcher fetcher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private long signals; // guarded by the lock: how often those who wait were told to look

    SharedFetcher(Fetcher fetcher) {
        this.fetcher = fetcher;
    }

    <T> T get(Function<Fetcher, T> question) {
        lock.lock();
        try {
            return question.apply(fetcher);
        } finally {
            lock.unlock();
        }
    }

    void change(Consumer<Fetcher> change) {
        lock.lock();
        try {
            change.accept(fetcher);
        } finally {
            lock.unlock();
        }
    }

    /** Those who wait look again. */
    void signal() {
        lock.lock();
        try {
            signals++;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** To be given to {@link #await}: what is signalled after this is not missed. */
    long signals() {
        lock.lock();
        try {
            return signals;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there was a signal since {@code seen}, or the time is over. */
    void await(long seen, long limitNs) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long leftNs = limitNs;
            while (signals == seen && leftNs > 0) {
                leftNs = arrived.awaitNanos(leftNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How what was read of a chunk ended. */
    record Finished(boolean wanted, boolean mayFetch) {}

    Chunk take() {
        lock.lock();
        try {
            return fetcher.take();
        } finally {
            lock.unlock();
        }
    }

    /** See {@link Fetcher#finish}. */
    Finished finish(Chunk chunk, long nextOffset, boolean done, boolean first) {
        long nowNs = System.nanoTime();
        lock.lock();
        try {
            int epoch = done || chunk.reader == null ? chunk.nextEpoch : chunk.reader.leaderEpoch();
            boolean wanted = fetcher.finish(chunk, nextOffset, epoch, done, first, nowNs);
            return new Finished(wanted, fetcher.sessions().maySend(nowNs));
        } finally {
            lock.unlock();
        }
    }

    /** See {@link Fetcher#readAgain}. */
    void readAgain(Chunk chunk, long nextOffset) {
        change(fetcher -> fetcher.readAgain(chunk, nextOffset, System.nanoTime()));
    }

    /** See {@link Fetcher#onUnreadable}. */
    boolean unreadable(Chunk chunk, UnreadableRecordException reason) {
        lock.lock();
        try {
            return fetcher.onUnreadable(chunk, reason, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** A duration in nanoseconds; 146 years when it is longer. */
    static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) > 0 ? Long.MAX_VALUE / 2 : duration.toNanos();
    }
}
