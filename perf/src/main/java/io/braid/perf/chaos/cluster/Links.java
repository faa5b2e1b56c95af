package io.braid.perf.chaos.cluster;

import java.util.HashMap;
import java.util.Map;

/**
 * What each direction between two nodes does with bytes: passes them on, holds them, or passes them on late. Held bytes
 * come late, in order, when the cut is mended, as those of a connection that outlives a cut do. Thread-safe.
 */
public final class Links {
    /** A node that could not be told; its links are never cut. */
    static final int UNKNOWN = 0;

    private record Direction(int from, int to, Lane lane) {}

    private final Map<Direction, Boolean> cut = new HashMap<>();
    private final Map<Direction, Long> delayMs = new HashMap<>();

    /** What a connection carries. */
    public enum Lane {
        CONTROLLER,
        RAFT,
        BROKER
    }

    /** Bytes from one to the other are held from now on, in all lanes. */
    public void cut(int from, int to) {
        for (Lane lane : Lane.values()) {
            cut(from, to, lane);
        }
    }

    public synchronized void cut(int from, int to, Lane lane) {
        cut.put(new Direction(from, to, lane), true);
    }

    /** Bytes from one to the other take this much longer. */
    public synchronized void delay(int from, int to, long ms) {
        for (Lane lane : Lane.values()) {
            delayMs.put(new Direction(from, to, lane), ms);
        }
    }

    /** Bytes flow in all directions. */
    public synchronized void mendAll() {
        cut.clear();
        delayMs.clear();
        notifyAll();
    }

    /** Bytes flow from one to the other. */
    public synchronized void mend(int from, int to) {
        for (Lane lane : Lane.values()) {
            cut.remove(new Direction(from, to, lane));
            delayMs.remove(new Direction(from, to, lane));
        }
        notifyAll();
    }

    synchronized boolean isCut(int from, int to, Lane lane) {
        return cut.containsKey(new Direction(from, to, lane));
    }

    /** Waits while the direction is cut, and then as long as its delay says. */
    void pass(int from, int to, Lane lane) throws InterruptedException {
        Direction direction = new Direction(from, to, lane);
        long ms;
        synchronized (this) {
            while (cut.containsKey(direction)) {
                wait();
            }
            ms = delayMs.getOrDefault(direction, 0L);
        }
        if (ms > 0) {
            Thread.sleep(ms);
        }
    }
}
