package io.braid.perf.chaos.check;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** Which value each offset of a partition was seen to hold, from acknowledgements and polls. */
final class PartitionLog {
    static final long UNKNOWN = -1;
    private static final int PAGE = 1024;

    private final TreeMap<Long, long[]> pages = new TreeMap<>();

    /** The value seen there first, or {@link #UNKNOWN}. */
    long at(long offset) {
        long[] page = pages.get(offset / PAGE);
        return page == null ? UNKNOWN : page[(int) (offset % PAGE)];
    }

    /** Keeps the value seen first, which is returned if it is another one; else {@link #UNKNOWN}. */
    long put(long offset, long value) {
        long[] page = pages.computeIfAbsent(offset / PAGE, p -> {
            long[] empty = new long[PAGE];
            Arrays.fill(empty, UNKNOWN);
            return empty;
        });
        int slot = (int) (offset % PAGE);
        long before = page[slot];
        if (before == UNKNOWN) {
            page[slot] = value;
            return UNKNOWN;
        }
        return before == value ? UNKNOWN : before;
    }

    /** How many offsets between the two, both left out, hold a known value. */
    long knownBetween(long after, long before) {
        long known = 0;
        for (Map.Entry<Long, long[]> page :
                pages.subMap((after + 1) / PAGE, true, before / PAGE, true).entrySet()) {
            long base = page.getKey() * PAGE;
            for (int slot = 0; slot < PAGE; slot++) {
                long offset = base + slot;
                if (offset > after && offset < before && page.getValue()[slot] != UNKNOWN) {
                    known++;
                }
            }
        }
        return known;
    }

    /** Known offsets, ascending. */
    void forEachOffset(LongConsumer action) {
        pages.forEach((number, page) -> {
            for (int slot = 0; slot < PAGE; slot++) {
                if (page[slot] != UNKNOWN) {
                    action.accept(number * PAGE + slot);
                }
            }
        });
    }
}
