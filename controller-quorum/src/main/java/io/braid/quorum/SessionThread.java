package io.braid.quorum;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a broker's session, and requests whose answers come back on it. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in the consumer
final class SessionThread {
    private static final Logger LOG = LoggerFactory.getLogger(SessionThread.class);

    private final SessionConfig config;
    private final ScheduledThreadPoolExecutor executor;
    private volatile boolean closed;

    SessionThread(SessionConfig config) {
        this.config = config;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread owner =
                    new Thread(task, "braid-session-" + config.registration().brokerId());
            owner.setDaemon(true);
            return owner;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Runs the task on the thread; false if the session has ended. */
    boolean execute(Runnable task) {
        try {
            executor.execute(() -> guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs the task, or fails the future if the session has ended. */
    void executeOrFail(CompletableFuture<?> future, Runnable task) {
        if (!execute(task)) {
            future.completeExceptionally(new IOException("the session has ended"));
        }
    }

    /** Runs the task after the backoff. */
    void later(Runnable task) {
        later(task, config.retryBackoff().toMillis());
    }

    void later(Runnable task, long delayMs) {
        try {
            executor.schedule(() -> guarded(task), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed", e);
        }
    }

    /** Sends a request; the answer, or what went wrong, comes back on the thread. */
    <T extends ApiMessage> void ask(
            ControllerChannel controller, ApiMessage request, Class<T> answer, BiConsumer<T, Throwable> then) {
        controller
                .send(request, config.requestTimeout())
                .whenComplete((response, failure) -> execute(() -> {
                    if (failure == null && answer.isInstance(response)) {
                        then.accept(answer.cast(response), null);
                    } else {
                        then.accept(null, failure != null ? failure : new IOException("an answer of another kind"));
                    }
                }));
    }

    private void guarded(Runnable task) {
        try {
            if (!closed) {
                task.run();
            }
        } catch (RuntimeException e) {
            LOG.error("broker session failed at a task", e);
        }
    }

    /** Runs one more task, and none after it. Does not block. */
    void close(Runnable last) {
        try {
            executor.execute(() -> {
                closed = true;
                last.run();
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("closed before", e);
        }
        executor.shutdown();
    }
}
