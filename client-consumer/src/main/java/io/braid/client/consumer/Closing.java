package io.braid.client.consumer;

import io.braid.client.consumer.group.GroupMember;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a consumer, once: handlers end, what was read is committed, the group is left, and then, whatever came of that,
 * everything is closed. Owned by the thread that closes, which meanwhile does what is the application's to do.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class Closing {
    private static final Logger log = LoggerFactory.getLogger(Closing.class);
    private static final long END_MS = 5_000;
    private static final long LOOK_AGAIN_NS = 100_000_000;

    private final ConsumerParts parts;
    private final Optional<PushForm<?, ?>> handlers;
    private final Selection selection;

    Closing(ConsumerParts parts, Optional<PushForm<?, ?>> handlers, Selection selection) {
        this.parts = parts;
        this.handlers = handlers;
        this.selection = selection;
    }

    /** Returns whether everything was done in time; {@link #end} is to follow, also if this throws. */
    boolean finish(long endNs) throws InterruptedException {
        parts.shared.signal();
        boolean inTime = handlers.isEmpty() || handlers.get().stop(Math.max(1, endNs - System.nanoTime()));
        parts.rebalances.checkIdle();
        if (parts.member.isEmpty()) {
            return inTime;
        }
        if (parts.autoCommit.wanted()) {
            inTime &= reached(parts.commits.commitRead(null), endNs);
        }
        if (selection.subscribed()) {
            inTime &= reached(leave(), endNs);
        }
        return inTime;
    }

    private CompletableFuture<Void> leave() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        parts.cluster
                .eventLoop()
                .execute(() -> parts.member.orElseThrow().leave().whenComplete((done, failure) -> {
                    left.complete(null);
                    parts.shared.signal();
                }));
        return left;
    }

    /** Waits, doing what is the application thread's to do. */
    private boolean reached(CompletableFuture<Void> future, long endNs) throws InterruptedException {
        CompletableFuture<Void> told = future.whenComplete((done, failure) -> parts.shared.signal());
        while (!told.isDone() && endNs - System.nanoTime() > 0) {
            long seen = parts.shared.signals();
            parts.rebalances.checkIdle();
            try {
                parts.tasks.run();
            } catch (RuntimeException e) {
                log.warn("a rebalance listener failed", e);
            }
            if (!told.isDone()) {
                parts.shared.await(seen, Math.min(endNs - System.nanoTime(), LOOK_AGAIN_NS));
            }
        }
        return told.isDone() && !told.isCompletedExceptionally();
    }

    /** Closes everything. */
    void end() {
        handlers.ifPresent(PushForm::end);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        parts.cluster.eventLoop().execute(() -> {
            parts.member.ifPresent(GroupMember::abandon); // if it has not left in time: its connections are its own
            parts.loop.close();
            ended.complete(null);
        });
        try {
            ended.get(END_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("the client's thread did not take the close", e);
        }
        parts.cluster.close();
        parts.metrics.close();
    }
}
