package io.braid.perf.plot;

import java.util.List;
import java.util.Objects;

/**
 * Bars in groups, before they are drawn. Immutable.
 *
 * @param name of its files, without an ending
 * @param categories along the bottom
 * @param log whether the height is logarithmic; values must then be above 0
 */
public record BarPlot(
        String name, String title, List<String> categories, String yTitle, boolean log, List<Series> series) {
    public BarPlot {
        categories = List.copyOf(categories);
        series = List.copyOf(series);
        for (Series one : series) {
            if (one.values().size() != categories.size()) {
                throw new IllegalArgumentException(one.name() + " has " + one.values().size() + " values");
            }
        }
    }

    /** The power of ten below all values; 1 without values. */
    double floor() {
        double least = series.stream()
                .flatMap(one -> one.values().stream())
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(10);
        return Math.pow(10, Math.ceil(Math.log10(least)) - 1);
    }

    /** @param values one a category; null where there is none */
    public record Series(String name, List<Double> values) {}
}
