package io.braid.broker.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The time limits that clients put on their requests. */
public final class Deadline {

    private Deadline() {}

    /**
     * The same result, or a failure with {@link TimeoutException} after {@code timeoutMs}. A limit that is not positive
     * is none: the quorum has one of its own.
     */
    public static <T> CompletableFuture<T> within(int timeoutMs, CompletableFuture<T> result) {
        return timeoutMs > 0 && !result.isDone() ? result.copy().orTimeout(timeoutMs, TimeUnit.MILLISECONDS) : result;
    }
}
