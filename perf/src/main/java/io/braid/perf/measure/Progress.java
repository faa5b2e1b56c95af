package io.braid.perf.measure;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Supplier;

/** Says every second on standard error how far a load is, from a thread of its own. */
public final class Progress implements AutoCloseable {
    private static final long INTERVAL_MS = 1_000;

    private final Thread thread;

    /**
     * Begins.
     *
     * @param what before each line
     * @param now the state in words, any thread
     */
    public Progress(PrintWriter err, String what, Supplier<String> now) {
        long startedNs = System.nanoTime();
        thread = new Thread(
                () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        try {
                            Thread.sleep(INTERVAL_MS);
                        } catch (InterruptedException e) {
                            return;
                        }
                        double seconds = (System.nanoTime() - startedNs) / 1e9;
                        err.printf(Locale.ROOT, "%s %.0f s: %s%n", what, seconds, now.get());
                        err.flush();
                    }
                },
                "perf-progress");
        thread.setDaemon(true);
        thread.start();
    }

    /** Says no more once this returns. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(INTERVAL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
