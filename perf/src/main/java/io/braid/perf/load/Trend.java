package io.braid.perf.load;

import java.util.Arrays;

/**
 * Whether a series grows: the median of the slopes between all pairs (Theil and Sen), which a few wild values do not move. Immutable.
 *
 * @param perSecond the slope
 * @param growth the slope times the time between the first and the last value that count
 */
record Trend(double perSecond, double growth) {
    /** Of a series the first third does not count: compilers, caches and pools fill. */
    private static final int NOT_COUNTED_PART = 3;

    /** Values that a trend needs, those that do not count included. */
    static final int LEAST_VALUES = 6;

    /**
     * The trend of a series.
     *
     * @param seconds rising
     * @param values as many
     * @throws IllegalArgumentException fewer than {@value #LEAST_VALUES}
     */
    static Trend of(double[] seconds, double[] values) {
        if (values.length < LEAST_VALUES || seconds.length != values.length) {
            throw new IllegalArgumentException("no trend of " + values.length + " values");
        }
        int from = values.length / NOT_COUNTED_PART;
        int count = values.length - from;
        double[] slopes = new double[count * (count - 1) / 2];
        int next = 0;
        for (int i = from; i < values.length; i++) {
            for (int j = i + 1; j < values.length; j++) {
                slopes[next++] = (values[j] - values[i]) / (seconds[j] - seconds[i]);
            }
        }
        Arrays.sort(slopes);
        double median = (slopes[slopes.length / 2] + slopes[(slopes.length - 1) / 2]) / 2;
        return new Trend(median, median * (seconds[seconds.length - 1] - seconds[from]));
    }
}
