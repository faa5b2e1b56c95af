package io.braid.broker.fetch;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that records take which were read for fetches and are not sent yet, of all connections together.
 *
 * <p>When it is used up, for example by clients that do not read their sockets, answers get small; nobody waits for another
 * client. Thread-safe.
 */
final class FetchBudget {
    /** What an answer may read although the budget is used up, in bytes. */
    static final int SMALL_ANSWER_BYTES = 64 * 1024;

    private final long maxBytes;
    private final AtomicLong held = new AtomicLong();

    FetchBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes up to {@code wanted} bytes; at least {@link #SMALL_ANSWER_BYTES}, if that many are wanted, whatever is left.
     * Returns what was taken, to be given back by {@link #give}.
     */
    int take(int wanted) {
        while (true) {
            long now = held.get();
            int granted = (int) Math.min(wanted, Math.max(maxBytes - now, Math.min(wanted, SMALL_ANSWER_BYTES)));
            if (held.compareAndSet(now, now + granted)) {
                return granted;
            }
        }
    }

    /** Counts bytes beyond what was taken: a first batch may be larger than every limit. */
    void add(long bytes) {
        held.addAndGet(bytes);
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    long heldBytes() {
        return held.get();
    }
}
