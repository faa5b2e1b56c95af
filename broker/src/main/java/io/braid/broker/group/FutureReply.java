package io.braid.broker.group;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/** A reply as a future; a failure completes it with the error's exception. */
final class FutureReply<R> implements Reply<R> {
    private final CompletableFuture<R> future = new CompletableFuture<>();

    CompletableFuture<R> future() {
        return future;
    }

    @Override
    public void send(R answer) {
        future.complete(answer);
    }

    @Override
    public void fail(Errors error) {
        future.completeExceptionally(error.exception());
    }
}
