package io.braid.perf.scaling;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Runs a step on a thread of its own and interrupts it when it takes too long. Owned by one thread. */
final class TimeLimit implements AutoCloseable {
    private static final long LOOK_MS = 500;

    private final ExecutorService thread = Executors.newCachedThreadPool(runnable -> {
        Thread made = new Thread(runnable, "step");
        made.setDaemon(true);
        return made;
    });
    private final long seconds;
    private final BooleanSupplier nodesDied;

    /**
     * A limit.
     *
     * @param nodesDied whether a node ended that nobody had ended: no step goes on then; asked twice a second
     */
    TimeLimit(long seconds, BooleanSupplier nodesDied) {
        this.seconds = seconds;
        this.nodesDied = nodesDied;
    }

    /** A step that failed, in words for people. */
    static final class StepFailed extends Exception {
        private static final long serialVersionUID = 1L;

        private final String step;

        StepFailed(String step, String message, Throwable cause) {
            super(message, cause);
            this.step = step;
        }

        String step() {
            return step;
        }
    }

    /** @throws StepFailed it threw something, or took longer than the limit, or a node died */
    <T> T within(String step, Callable<T> work) throws StepFailed, InterruptedException {
        Future<T> running = thread.submit(work);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            while (true) {
                try {
                    return running.get(LOOK_MS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    boolean died = nodesDied.getAsBoolean();
                    if (died || System.nanoTime() - deadlineNs >= 0) {
                        running.cancel(true);
                        String limit = "it took longer than the limit of " + seconds + " s (--limit)";
                        throw new StepFailed(step, died ? "the node ended meanwhile" : limit, e);
                    }
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            while (cause instanceof ExecutionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new StepFailed(step, cause.toString(), cause);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
