package io.braid.perf.groups;

import java.util.Arrays;

/** How long things took, in nanoseconds, all of them. Owned by one thread; sorted once nothing is added any more. */
final class Latencies {
    private long[] nanos = new long[1 << 12];
    private int count;

    void add(long tookNs) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = tookNs;
    }

    void addAll(Latencies others) {
        for (int i = 0; i < others.count; i++) {
            add(others.nanos[i]);
        }
    }

    int count() {
        return count;
    }

    /**
     * The smallest value that so many of the values do not exceed, in milliseconds; 0 without values.
     *
     * @param percent above 0 and up to 100
     */
    double percentileMs(double percent) {
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        int index = (int) Math.ceil(percent / 100 * count) - 1;
        return sorted[Math.max(0, index)] / 1e6;
    }
}
