package io.braid.perf.load;

import io.braid.perf.measure.ClientMemory;
import io.braid.perf.measure.ResultLine;
import java.util.function.LongSupplier;

/** The most memory that was in use since it was made, looked at ten times a second by a thread of its own. */
final class MemoryPeak implements AutoCloseable {
    private static final long INTERVAL_MS = 100;

    private final LongSupplier buffered;
    private final Thread thread;
    private volatile long bufferedBytes;
    private volatile ClientMemory most = new ClientMemory(0, 0, 0, 0);

    /** @param buffered bytes of records in a producer; asked by any thread */
    MemoryPeak(LongSupplier buffered) {
        this.buffered = buffered;
        thread = new Thread(this::watch, "perf-memory");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            look();
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void look() {
        bufferedBytes = Math.max(bufferedBytes, buffered.getAsLong());
        ClientMemory now = ClientMemory.now();
        most = new ClientMemory(
                Math.max(most.heapBytes(), now.heapBytes()),
                Math.max(most.directBytes(), now.directBytes()),
                Math.max(most.rssBytes(), now.rssBytes()),
                Math.max(most.threads(), now.threads()));
    }

    /** The most that records held in the producer. */
    long bufferedBytes() {
        return bufferedBytes;
    }

    /**
     * Adds {@code bufferedBytesMax}, {@code clientHeapBytesMax} (garbage included), {@code clientDirectBytesMax}, {@code
     * clientRssBytesMax} and {@code clientHeapLimitBytes}.
     */
    void putInto(ResultLine line) {
        ClientMemory seen = most;
        line.put("bufferedBytesMax", bufferedBytes)
                .put("clientHeapBytesMax", seen.heapBytes())
                .put("clientDirectBytesMax", seen.directBytes())
                .put("clientRssBytesMax", seen.rssBytes())
                .put("clientHeapLimitBytes", Runtime.getRuntime().maxMemory());
    }

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
