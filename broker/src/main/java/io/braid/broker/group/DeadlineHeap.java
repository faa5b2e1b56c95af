package io.braid.broker.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * When which group wants to be woken. A deadline that moves later stays where it was until then, so that a heartbeat costs
 * nothing here. Owned by the core's thread.
 */
final class DeadlineHeap {
    private record Entry(long deadlineMs, String groupId) {}

    private final PriorityQueue<Entry> heap =
            new PriorityQueue<>(Comparator.comparingLong(Entry::deadlineMs).thenComparing(Entry::groupId));
    private final Map<String, Long> earliest = new HashMap<>();

    /** The group wants to be woken at {@code deadlineMs}, or need not be at {@link Group#NEVER}. */
    void want(String groupId, long deadlineMs) {
        Long known = earliest.get(groupId);
        if (deadlineMs != Group.NEVER && (known == null || deadlineMs < known)) {
            earliest.put(groupId, deadlineMs);
            heap.add(new Entry(deadlineMs, groupId));
        }
    }

    /** Takes out the groups whose time has come; each wants anew afterwards. */
    List<String> due(long nowMs) {
        List<String> due = new ArrayList<>();
        while (!heap.isEmpty() && heap.peek().deadlineMs() <= nowMs) {
            Entry entry = heap.poll();
            Long known = earliest.get(entry.groupId());
            if (known != null && known == entry.deadlineMs()) {
                earliest.remove(entry.groupId());
                due.add(entry.groupId());
            }
        }
        return due;
    }

    long nextMs() {
        return heap.isEmpty() ? Group.NEVER : heap.peek().deadlineMs();
    }
}
