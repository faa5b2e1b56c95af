package io.braid.simulation;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Simulated time, and what is to happen at which moment. Events of one moment happen in the order they were added. */
public final class Timeline {
    /** @param over when true, it is not to happen any more; null for never */
    private record Event(long atUs, long order, BooleanSupplier over, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atUs, other.atUs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowUs;
    private long added;
    private long steps;
    private long fingerprint = 17;
    private RuntimeException failure;

    /** Microseconds since the start. */
    public long nowUs() {
        return nowUs;
    }

    public void after(long delayUs, Runnable task) {
        afterUnless(delayUs, null, task);
    }

    /** As {@link #after}, unless it is over by then, as a timeout is when there was an answer. */
    void afterUnless(long delayUs, BooleanSupplier over, Runnable task) {
        events.add(new Event(nowUs + Math.max(0, delayUs), added++, over, task));
    }

    /** Lets the next event happen; false when there is none. */
    public boolean step() {
        Event next = events.poll();
        while (next != null && next.over != null && next.over.getAsBoolean()) {
            next = events.poll();
        }
        if (next == null) {
            return false;
        }
        nowUs = next.atUs;
        steps++;
        mix(next.atUs * 31 + next.order);
        next.task.run();
        if (failure != null) {
            throw failure;
        }
        return true;
    }

    /** Runs something for a caller that would swallow what it throws; {@link #step} throws it then. */
    void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            if (failure == null) {
                failure = e;
            }
        }
    }

    /** Events that have happened. */
    public long steps() {
        return steps;
    }

    /** Makes a fact part of the {@link #fingerprint}. */
    public void mix(long fact) {
        fingerprint = Long.rotateLeft(fingerprint ^ fact, 23) * 0x9E3779B97F4A7C15L;
    }

    /** The same for two runs only if they went the same way. */
    public long fingerprint() {
        return fingerprint;
    }
}
