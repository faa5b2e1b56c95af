package io.braid.broker.replication;

import java.util.random.RandomGenerator;

/** How long to wait before the next try: doubles up to a limit, and is spread so that peers do not try in step. */
final class Backoff {
    private final long firstMs;
    private final long longestMs;
    private final RandomGenerator random;
    private long nextMs;

    Backoff(long firstMs, long longestMs, RandomGenerator random) {
        this.firstMs = firstMs;
        this.longestMs = longestMs;
        this.random = random;
        this.nextMs = firstMs;
    }

    /** From half to the whole of a time that doubles with each call. */
    long nextMs() {
        long whole = nextMs;
        nextMs = Math.min(longestMs, 2 * nextMs);
        return whole - (long) (random.nextDouble() * whole / 2);
    }

    /** It worked: begin anew. */
    void reset() {
        nextMs = firstMs;
    }
}
