package io.braid.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * One metric of one case, of ours and of theirs. Immutable.
 *
 * @param title of the case
 * @param ours empty when there is no figure, and so theirs
 */
record Comparison(String title, Metric metric, Optional<Sample> ours, Optional<Sample> theirs) {

    /** How ours stands to theirs. */
    enum Verdict {
        BETTER,
        WORSE,
        /** The medians differ by less than a twentieth, or the ranges of several runs overlap. */
        NO_DIFFERENCE,
        /** One of them is missing, or theirs is 0. */
        UNKNOWN
    }

    private static final double NEAR = 0.05;

    /**
     * All metrics of each case that has a figure on either side, in the order of the lines.
     *
     * @param ours which lines those are
     */
    static List<Comparison> of(List<Result> results, Predicate<Result> ours, Predicate<Result> theirs) {
        List<Comparison> all = new ArrayList<>();
        results.stream().map(Result::caseName).distinct().forEach(name -> {
            List<Result> lines =
                    results.stream().filter(r -> r.caseName().equals(name)).toList();
            for (Metric metric : Metric.of(lines.get(0).workload())) {
                Comparison one = new Comparison(
                        lines.get(0).title(), metric, sample(lines, ours, metric), sample(lines, theirs, metric));
                if (one.ours.isPresent() || one.theirs.isPresent()) {
                    all.add(one);
                }
            }
        });
        return all;
    }

    private static Optional<Sample> sample(List<Result> lines, Predicate<Result> which, Metric metric) {
        return Sample.of(lines.stream()
                .filter(which)
                .map(metric::valueIn)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList());
    }

    /** Ours through theirs, by the medians; empty where that says nothing. */
    OptionalDouble ratio() {
        return ours.isPresent() && theirs.isPresent() && theirs.get().median() != 0
                ? OptionalDouble.of(ours.get().median() / theirs.get().median())
                : OptionalDouble.empty();
    }

    Verdict verdict() {
        OptionalDouble ratio = ratio();
        if (ratio.isEmpty()) {
            return Verdict.UNKNOWN;
        }
        boolean several = ours.get().count() > 1 && theirs.get().count() > 1;
        if (Math.abs(ratio.getAsDouble() - 1) < NEAR || (several && ours.get().overlaps(theirs.get()))) {
            return Verdict.NO_DIFFERENCE;
        }
        return ratio.getAsDouble() > 1 == (metric.better() == Metric.Better.HIGHER) ? Verdict.BETTER : Verdict.WORSE;
    }

    String ratioText() {
        return ratio().isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", ratio().getAsDouble());
    }
}
