package io.braid.perf.report;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * The same figure from several runs. Immutable.
 *
 * @param count of runs
 */
record Sample(double median, double least, double most, int count) {

    /** Of an even number of values the mean of the two in the middle. Empty without values. */
    static Optional<Sample> of(Collection<Double> values) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Optional.of(new Sample(median, sorted[0], sorted[sorted.length - 1], sorted.length));
    }

    /** Whether some value of one lies within the range of the other. */
    boolean overlaps(Sample other) {
        return least <= other.most && other.least <= most;
    }

    /** The median and, of several runs, the range. */
    String text() {
        return count == 1 ? number(median) : number(median) + " (" + number(least) + "-" + number(most) + ")";
    }

    /** Three digits that mean something, or all before the point. */
    static String number(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e15) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
