package io.braid.perf.measure;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Supplier;

/** Says every second on standard error how far something is, from a thread of its own. Immutable. */
public final class Progress {
    private static final long INTERVAL_MS = 1_000;

    private final PrintWriter err;
    private final String what;
    private final Supplier<String> now;

    /** What is done meanwhile. */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        void run() throws E;
    }

    /**
     * Says nothing yet.
     *
     * @param what before each line
     * @param now the state in words, asked by any thread
     */
    public Progress(PrintWriter err, String what, Supplier<String> now) {
        this.err = err;
        this.what = what;
        this.now = now;
    }

    /** Does the work on this thread, and says how far it is until it ends, in whichever way. */
    public <E extends Exception> void during(Work<E> work) throws E {
        Thread thread = new Thread(this::say, "perf-progress");
        thread.setDaemon(true);
        thread.start();
        try {
            work.run();
        } finally {
            thread.interrupt();
            join(thread);
        }
    }

    private void say() {
        long startedNs = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
            err.printf(Locale.ROOT, "%s %.0f s: %s%n", what, (System.nanoTime() - startedNs) / 1e9, now.get());
            err.flush();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(INTERVAL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
