package io.braid.simulation.scale;

import java.util.Arrays;
import java.util.Map;

/** Samples of a delay, and their percentiles. Mutable. */
final class Delays {
    private long[] samplesNs = new long[64];
    private int count;

    void add(long ns) {
        if (count == samplesNs.length) {
            samplesNs = Arrays.copyOf(samplesNs, 2 * count);
        }
        samplesNs[count++] = ns;
    }

    int count() {
        return count;
    }

    /** Of all samples the share that is given is at or below this; 0 without samples. */
    double ms(double share) {
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(samplesNs, count);
        Arrays.sort(sorted);
        return Figures.rounded(sorted[(int) Math.max(0, Math.ceil(share * count) - 1)] / 1e6);
    }

    /** @param of whose delay it is, the beginning of the names */
    void describe(String of, Map<String, Object> into) {
        into.put(of + "P50Ms", ms(0.5));
        into.put(of + "P99Ms", ms(0.99));
        into.put(of + "MaxMs", ms(1));
    }
}
