package io.braid.broker.group.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;

/** Answers of several groups, which may be in different partitions, as one. */
final class EachGroup {
    private EachGroup() {}

    /**
     * Asks for each item and joins the answers in order.
     *
     * @param failed the answer for an item whose request failed as a whole
     */
    static <Q, R> CompletableFuture<List<R>> ask(
            Collection<Q> items, Function<Q, CompletableFuture<R>> ask, BiFunction<Q, Errors, R> failed) {
        List<CompletableFuture<R>> answers = new ArrayList<>(items.size());
        for (Q item : items) {
            answers.add(ask.apply(item).exceptionally(thrown -> failed.apply(item, errorOf(thrown))));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    private static Errors errorOf(Throwable thrown) {
        return Errors.forException(
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown);
    }
}
