package io.braid.broker.produce;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Keeps the produce requests of one connection in order although some are checked on another thread.
 *
 * <p>An idempotent producer's batches must reach their shard in the order in which they were sent, and a batch that has to be
 * unpacked takes longer to check than one that lies open. Owned by the connection's event loop.
 */
final class CheckingQueue {
    private final Executor eventLoop;
    private final Executor pool;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean busy;

    CheckingQueue(Executor eventLoop, Executor pool) {
        this.eventLoop = eventLoop;
        this.pool = pool;
    }

    /** True when nothing is before a new request, so that it may go on at once. */
    boolean idle() {
        return !busy;
    }

    /**
     * Runs {@code check} on the pool and then {@code then} on the event loop, after all that was queued before.
     *
     * @param failed told on the event loop when the check threw or the pool refused
     */
    void check(Runnable check, Runnable then, Consumer<RuntimeException> failed) {
        Runnable job = () -> start(check, then, failed);
        if (busy) {
            waiting.add(job);
        } else {
            job.run();
        }
    }

    private void start(Runnable check, Runnable then, Consumer<RuntimeException> failed) {
        busy = true;
        try {
            pool.execute(() -> {
                RuntimeException thrown = null;
                try {
                    check.run();
                } catch (RuntimeException e) {
                    thrown = e;
                }
                RuntimeException cause = thrown;
                eventLoop.execute(() -> finish(then, failed, cause));
            });
        } catch (RuntimeException e) {
            finish(then, failed, e);
        }
    }

    private void finish(Runnable then, Consumer<RuntimeException> failed, RuntimeException cause) {
        busy = false;
        if (cause == null) {
            then.run();
        } else {
            failed.accept(cause);
        }
        Runnable next = waiting.poll();
        if (next != null && !busy) {
            next.run();
        } else if (next != null) {
            waiting.addFirst(next);
        }
    }
}
