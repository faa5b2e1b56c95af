package io.braid.perf.scaling;

import java.util.Arrays;

/**
 * For each of some partitions the longest time without an acknowledgement that ended after a certain moment, or has not ended. Times are
 * those of {@link System#nanoTime}. Thread-safe.
 */
final class AckGaps {
    private static final long NEVER = Long.MIN_VALUE;

    private final long[] last;
    private final long[] longest;
    private long countFromNs = Long.MAX_VALUE;
    private long acknowledged;

    AckGaps(int partitions) {
        last = new long[partitions];
        longest = new long[partitions];
        Arrays.fill(last, NEVER);
    }

    /** Gaps that end after this moment count, also where they began before. */
    synchronized void countFrom(long ns) {
        countFromNs = ns;
    }

    synchronized void onAck(int partition, long ns) {
        acknowledged++;
        close(partition, ns);
        last[partition] = ns;
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    /** At the end of sending: a partition that is silent still has a gap that lasts until now. In ms, one a partition. */
    synchronized double[] longestMs(long endNs) {
        double[] ms = new double[last.length];
        for (int partition = 0; partition < last.length; partition++) {
            close(partition, endNs);
            ms[partition] = longest[partition] / 1e6;
        }
        return ms;
    }

    private void close(int partition, long ns) {
        if (last[partition] != NEVER && ns - countFromNs >= 0 && countFromNs != Long.MAX_VALUE) {
            longest[partition] = Math.max(longest[partition], ns - last[partition]);
        }
    }
}
