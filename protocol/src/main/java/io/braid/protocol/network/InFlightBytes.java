package io.braid.protocol.network;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The cap on bytes of requests that are being received or wait for their answer, over all connections that share it.
 * Thread-safe; nothing blocks.
 *
 * <p>At the cap no connection begins a new frame until a quarter of the cap is free. Frames that were begun may go on to
 * twice the cap, else connections that each hold half a frame could wait for one another for ever; past that, a
 * connection that asks for more is to be closed.
 */
public final class InFlightBytes {
    private final long capBytes;
    private final long resumeBytes;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    public InFlightBytes(long capBytes) {
        if (capBytes <= 0) {
            throw new IllegalArgumentException("cap must be positive: " + capBytes);
        }
        this.capBytes = capBytes;
        this.resumeBytes = capBytes - capBytes / 4;
    }

    public long capBytes() {
        return capBytes;
    }

    /** Bytes held now. */
    public long usedBytes() {
        return used.get();
    }

    boolean full() {
        return used.get() >= capBytes;
    }

    /** Counts bytes of a new frame, which the caller begins because it was not {@link #full}. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Counts more bytes of a frame that was begun; false, and nothing is counted, where that would pass twice the cap. */
    boolean tryGrow(long bytes) {
        if (used.addAndGet(bytes) <= 2 * capBytes) {
            return true;
        }
        release(bytes);
        return false;
    }

    void release(long bytes) {
        long now = used.addAndGet(-bytes);
        if (now <= resumeBytes && !waiting.isEmpty()) {
            wakeAll();
        }
    }

    /** Runs the action once, soon after there is room, on the thread that made it or on this one. */
    void whenFree(Runnable action) {
        waiting.add(action);
        if (!full()) {
            wakeAll();
        }
    }

    private void wakeAll() {
        for (int left = waiting.size(); left > 0; left--) {
            Runnable action = waiting.poll();
            if (action == null) {
                return;
            }
            action.run();
        }
    }
}
