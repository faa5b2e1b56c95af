package io.braid.client.network;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Growing pauses between attempts: doubled each time, spread by a fifth up and down so that clients which failed together do
 * not come back together. Owned by one thread; chance comes in as a parameter.
 */
public final class Backoff {
    private static final double SPREAD = 0.2;

    private final long firstNs;
    private final long maxNs;
    private final DoubleSupplier random;
    private int attempts;

    /** @param random values from 0 to below 1 */
    public Backoff(Duration first, Duration max, DoubleSupplier random) {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("pauses from " + first + " to " + max);
        }
        this.firstNs = first.toNanos();
        this.maxNs = max.toNanos();
        this.random = random;
    }

    /** The pause before the next attempt, in nanoseconds: never more than the maximum and its spread. */
    public long nextNs() {
        double pause = Math.min((double) maxNs, firstNs * Math.pow(2, attempts));
        attempts = Math.min(attempts + 1, 62);
        return (long) (pause * (1 - SPREAD + 2 * SPREAD * random.getAsDouble()));
    }

    /** An attempt succeeded: the next pause is the first again. */
    public void reset() {
        attempts = 0;
    }
}
