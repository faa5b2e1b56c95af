package io.braid.broker;

import io.braid.image.ClusterImage;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Requests that wait for a newer image, each for a bounded time, and only so many. Thread-safe. */
final class ImageWaiters {
    /** Beyond it nobody waits: the client gets its error at once, and tries again. */
    static final int MAX_WAITING = 10_000;

    private record Waiter(Predicate<ClusterImage> condition, CompletableFuture<Boolean> met) {}

    private final Supplier<ClusterImage> newest;
    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    ImageWaiters(Supplier<ClusterImage> newest) {
        this.newest = newest;
    }

    CompletableFuture<Boolean> await(Predicate<ClusterImage> condition, long maxMs) {
        if (condition.test(newest.get())) {
            return CompletableFuture.completedFuture(true);
        }
        if (maxMs <= 0 || count.get() >= MAX_WAITING) {
            return CompletableFuture.completedFuture(false);
        }
        Waiter waiter = new Waiter(condition, new CompletableFuture<>());
        count.incrementAndGet();
        waiting.add(waiter);
        CompletableFuture<Boolean> answer = waiter.met()
                .completeOnTimeout(false, maxMs, TimeUnit.MILLISECONDS)
                .whenComplete((met, failure) -> {
                    waiting.remove(waiter);
                    count.decrementAndGet();
                });
        onImage(newest.get()); // it may have come between the look and the queue
        return answer;
    }

    void onImage(ClusterImage image) {
        for (Waiter waiter : waiting) {
            if (waiter.condition().test(image)) {
                waiter.met().complete(true);
            }
        }
    }

    int waiting() {
        return count.get();
    }
}
