package io.braid.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * The lines of one series over numbers of partitions: the same case on both brokers. Immutable.
 *
 * @param lines of the workload {@code partitions}, all of one case
 */
record PartitionSeries(List<Result> lines) {
    PartitionSeries {
        lines = List.copyOf(lines);
    }

    /** Every series there is, in the order of the lines. */
    static List<PartitionSeries> of(List<Result> results) {
        List<Result> all = results.stream()
                .filter(result -> result.workload().equals("partitions"))
                .toList();
        return all.stream()
                .map(Result::caseName)
                .distinct()
                .map(name -> new PartitionSeries(
                        all.stream().filter(r -> r.caseName().equals(name)).toList()))
                .toList();
    }

    String caseName() {
        return lines.get(0).caseName();
    }

    String title() {
        return lines.get(0).title();
    }

    /** Of both brokers, without those at which one stopped. */
    List<Long> counts() {
        TreeSet<Long> counts = new TreeSet<>();
        reached().forEach(line -> counts.add((long) line.number("partitions").orElse(0)));
        return List.copyOf(counts);
    }

    /** Lines of numbers of partitions that were reached. */
    List<Result> reached() {
        return lines.stream().filter(line -> line.text("stopped").isEmpty()).toList();
    }

    /** A figure; the median where the same number was done several times. */
    Optional<Sample> figure(String broker, long partitions, Metric metric) {
        return Sample.of(reached().stream()
                .filter(line -> line.broker().equals(broker))
                .filter(line -> line.number("partitions").orElse(-1) == partitions)
                .map(metric::valueIn)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList());
    }

    /** All figures at the numbers that both brokers reached. */
    List<Comparison> comparisons() {
        List<Comparison> all = new ArrayList<>();
        for (long count : counts()) {
            for (Metric metric : Metric.OF_PARTITIONS) {
                Optional<Sample> ours = figure(Side.BRAID.broker(), count, metric);
                Optional<Sample> theirs = figure(Side.KAFKA.broker(), count, metric);
                if (ours.isPresent() && theirs.isPresent()) {
                    String title = String.format(Locale.ROOT, "%,d partitions, %s", count, title());
                    all.add(new Comparison(title, metric, ours, theirs));
                }
            }
        }
        return all;
    }

    /** A row for each metric and broker with a column for each number of partitions. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Metric metric : Metric.OF_PARTITIONS) {
            for (Side side : Side.values()) {
                List<String> row = new ArrayList<>(List.of(metric.title(), side.title()));
                counts().forEach(count -> row.add(
                        figure(side.broker(), count, metric).map(Sample::text).orElse("")));
                if (row.stream().skip(2).anyMatch(cell -> !cell.isEmpty())) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    List<String> head() {
        List<String> head = new ArrayList<>(List.of("partitions", ""));
        counts().forEach(count -> head.add(String.format(Locale.ROOT, "%,d", count)));
        return head;
    }

    /** Lines that say why a broker went no further. */
    List<Result> stops() {
        return lines.stream().filter(line -> !line.text("stopped").isEmpty()).toList();
    }
}
