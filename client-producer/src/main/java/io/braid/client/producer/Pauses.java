package io.braid.client.producer;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;

/** Partitions that wait before they try again, longer with each failure. Guarded by the producer's lock. */
final class Pauses {
    private static final int MAX_DOUBLINGS = 20;

    private final PriorityQueue<PartitionState> waiting =
            new PriorityQueue<>(Comparator.comparingLong(state -> state.notBeforeNs));
    private final AccumulatorSettings settings;
    private final IntUnaryOperator jitter;

    /** @param jitter a random number from 0 to below its argument */
    Pauses(AccumulatorSettings settings, IntUnaryOperator jitter) {
        this.settings = settings;
        this.jitter = jitter;
    }

    void begin(PartitionState state, long nowNs) {
        long pause = Math.min(settings.maxRetryNs(), settings.retryNs() << Math.min(state.failures, MAX_DOUBLINGS));
        state.failures++;
        int spread = (int) Math.min(Integer.MAX_VALUE, pause / 5 + 1);
        state.notBeforeNs = nowNs + pause + jitter.applyAsInt(spread);
        state.delayed = true;
        waiting.add(state);
    }

    /** Ends a partition's pause before its time, if there is one. */
    void end(PartitionState state) {
        if (state.delayed) {
            waiting.remove(state);
            state.delayed = false;
        }
    }

    /** A partition whose pause is over, which ends it; null when there is none. */
    PartitionState takeOver(long nowNs) {
        if (waiting.isEmpty() || waiting.peek().notBeforeNs - nowNs > 0) {
            return null;
        }
        PartitionState state = waiting.poll();
        state.delayed = false;
        return state;
    }

    /** When the next pause is over, in nanoseconds from now; Long.MAX_VALUE for never. */
    long nextInNs(long nowNs) {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.peek().notBeforeNs - nowNs;
    }
}
