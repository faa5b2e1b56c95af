package io.braid.perf.chaos.check;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What one group committed and read of one partition. */
final class GroupOffsets {
    /** Highest acknowledged commit so far, by the time when its acknowledgement came. */
    private final TreeMap<Long, Long> acknowledged = new TreeMap<>();

    private final Set<Long> perhaps = new HashSet<>();
    private long highestRead = -1;

    void acknowledged(long atMs, long offset) {
        Map.Entry<Long, Long> before = acknowledged.floorEntry(atMs);
        if (before == null || before.getValue() < offset) {
            acknowledged.put(atMs, offset);
            acknowledged.tailMap(atMs, false).values().removeIf(later -> later <= offset);
        }
    }

    /** A commit of which nobody knows whether and when it happened. */
    void perhaps(long offset) {
        perhaps.add(offset);
    }

    void read(long offset) {
        highestRead = Math.max(highestRead, offset);
    }

    long highestRead() {
        return highestRead;
    }

    /**
     * The commit that was forgotten if a member that was assigned the partition at {@code atMs} began to read at
     * {@code offset}; -1 if it may begin there.
     */
    long forgotten(long atMs, long offset) {
        Map.Entry<Long, Long> known = acknowledged.lowerEntry(atMs);
        return known == null || offset >= known.getValue() || perhaps.contains(offset) ? -1 : known.getValue();
    }
}
