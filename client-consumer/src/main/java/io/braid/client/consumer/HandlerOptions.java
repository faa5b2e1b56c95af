package io.braid.client.consumer;

import java.time.Duration;
import java.util.Objects;

/**
 * How records are handed to a {@link RecordHandler}. Immutable.
 *
 * @param parallelism threads, 1 to 1,024
 * @param commit who commits
 * @param retryBackoff the pause before a record that failed is given again; it doubles up to {@code retryBackoffMax}
 * @param retryBackoffMax the longest such pause
 */
public record HandlerOptions(int parallelism, Commit commit, Duration retryBackoff, Duration retryBackoffMax) {
    /** Who commits what was handled. */
    public enum Commit {
        /** The consumer: by interval, and when partitions go to others or the consumer is closed. */
        AUTO,
        /** The application. */
        MANUAL
    }

    public HandlerOptions {
        Objects.requireNonNull(commit, "commit");
        if (parallelism < 1 || parallelism > 1024) {
            throw new IllegalArgumentException("parallelism must be 1 to 1024: " + parallelism);
        }
        if (retryBackoff.isNegative() || retryBackoff.isZero() || retryBackoffMax.compareTo(retryBackoff) < 0) {
            throw new IllegalArgumentException("retryBackoff must be above 0 and at most retryBackoffMax: "
                    + retryBackoff + ", " + retryBackoffMax);
        }
    }

    /** As many threads as there are processors, automatic commits, pauses of 100 ms to 10 s. */
    public static HandlerOptions defaults() {
        return new HandlerOptions(
                Runtime.getRuntime().availableProcessors(),
                Commit.AUTO,
                Duration.ofMillis(100),
                Duration.ofSeconds(10));
    }

    public HandlerOptions withParallelism(int threads) {
        return new HandlerOptions(threads, commit, retryBackoff, retryBackoffMax);
    }

    public HandlerOptions withCommit(Commit by) {
        return new HandlerOptions(parallelism, by, retryBackoff, retryBackoffMax);
    }

    public HandlerOptions withRetryBackoff(Duration first, Duration max) {
        return new HandlerOptions(parallelism, commit, first, max);
    }
}
