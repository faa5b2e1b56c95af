package io.braid.perf.chaos.check;

import java.util.Map;
import java.util.TreeMap;

/**
 * For each partition, the longest time without an acknowledgement while it was being written to; what was before the first fault is
 * told apart, since clients and nodes warm up then.
 */
final class Pauses {
    private final Map<Integer, Long> lastAckMs = new TreeMap<>();
    private final Map<Integer, Long> lastSendMs = new TreeMap<>();
    private final Map<Integer, Pause> longest = new TreeMap<>();
    private long calmMs = -1;

    /**
     * A gap between acknowledgements, or from the last one to the last send.
     *
     * @param fromMs time of the run when it began
     */
    record Pause(long fromMs, long ms) {}

    void sent(int partition, long atMs) {
        lastSendMs.merge(partition, atMs, Math::max);
    }

    void acknowledged(int partition, long atMs) {
        Long before = lastAckMs.get(partition);
        if (before != null) {
            offer(partition, before, atMs);
        }
        lastAckMs.merge(partition, atMs, Math::max);
    }

    /** A fault begins: from now on it counts. */
    void fault() {
        if (calmMs < 0) {
            calmMs = longest.values().stream().mapToLong(Pause::ms).max().orElse(0);
            longest.clear();
        }
    }

    /** The longest of any partition before the first fault; 0 if there was none. */
    long calmMs() {
        return Math.max(0, calmMs);
    }

    /** By partition; of those that were acknowledged anything. */
    Map<Integer, Pause> longest() {
        lastAckMs.forEach((partition, ackMs) -> offer(partition, ackMs, lastSendMs.getOrDefault(partition, ackMs)));
        return longest;
    }

    private void offer(int partition, long fromMs, long toMs) {
        Pause pause = new Pause(fromMs, Math.max(0, toMs - fromMs));
        longest.merge(partition, pause, (a, b) -> b.ms() > a.ms() ? b : a);
    }
}
