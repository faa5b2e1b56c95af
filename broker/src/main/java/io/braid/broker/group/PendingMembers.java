package io.braid.broker.group;

import java.util.LinkedHashMap;
import java.util.Map;

/** Member ids that were given out and have not joined yet (KIP-394), with the end of their session. Owned by the group. */
final class PendingMembers {
    /** Ids given out at a time; who asks beyond is told that the group is full. */
    static final int MAX = 10_000;

    private final Map<String, Long> ends = new LinkedHashMap<>();

    boolean isEmpty() {
        return ends.isEmpty();
    }

    boolean isFull() {
        return ends.size() >= MAX;
    }

    void add(String memberId, long endMs) {
        ends.put(memberId, endMs);
    }

    boolean contains(String memberId) {
        return ends.containsKey(memberId);
    }

    /** False when it was not there. */
    boolean remove(String memberId) {
        return ends.remove(memberId) != null;
    }

    /** Forgets those whose session has ended; whether there were any. */
    boolean expire(long nowMs) {
        return ends.values().removeIf(end -> end <= nowMs);
    }

    long nextDeadlineMs() {
        long next = Group.NEVER;
        for (long end : ends.values()) {
            next = Math.min(next, end);
        }
        return next;
    }
}
