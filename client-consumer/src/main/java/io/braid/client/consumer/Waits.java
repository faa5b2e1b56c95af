package io.braid.client.consumer;

import io.braid.client.network.Failures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Waits for the client's thread, at most {@code apiTimeout}; an interrupt ends a wait, and is set again. Any thread that may wait
 * as {@link ConsumerParts#checkMayWait} says, which is to be asked first.
 */
final class Waits {
    private final ConsumerParts parts;
    private final Duration limit;

    Waits(ConsumerParts parts) {
        this.parts = parts;
        this.limit = parts.config.apiTimeout();
    }

    /** The future's result, or its failure thrown. */
    <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            Throwable cause = Failures.cause(e.getCause());
            throw cause instanceof RuntimeException known ? known : new ApiException(cause);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("not answered within " + limit.toMillis() + " ms", e);
        }
    }

    /** The position, when it is known; throws what keeps any partition from being read. */
    long position(TopicPartition partition) {
        long endNs = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                long seen = parts.shared.signals();
                long position = parts.shared.get(fetcher -> fetcher.get(partition).position);
                if (position >= 0) {
                    return position;
                }
                parts.throwFailure();
                long leftNs = endNs - System.nanoTime();
                if (leftNs <= 0) {
                    throw new TimeoutException(
                            "the position of " + partition + " is not known after " + limit.toMillis() + " ms");
                }
                parts.shared.await(seen, leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}
