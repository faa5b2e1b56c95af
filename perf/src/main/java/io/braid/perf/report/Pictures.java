package io.braid.perf.report;

import io.braid.perf.plot.BarPlot;
import io.braid.perf.plot.Plot;
import io.braid.perf.plot.Plot.Axis;
import io.braid.perf.plot.Plot.Line;
import io.braid.perf.plot.Plot.Point;
import io.braid.perf.plot.Plot.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Which pictures a run gives, and what is in them. Pure; a picture without figures is not there. */
final class Pictures {
    private static final Axis PARTITIONS = new Axis("partitions", true);
    private static final Map<String, String> PERCENTILES = new LinkedHashMap<>();

    static {
        PERCENTILES.put("p50Ms", "p50");
        PERCENTILES.put("p90Ms", "p90");
        PERCENTILES.put("p99Ms", "p99");
        PERCENTILES.put("p999Ms", "p99.9");
        PERCENTILES.put("p9999Ms", "p99.99");
    }

    private final List<Result> results;

    Pictures(List<Result> results) {
        this.results = List.copyOf(results);
    }

    /** Lines over numbers of partitions. */
    List<Plot> lines() {
        List<Plot> plots = new ArrayList<>();
        plots.add(new Plot(
                "throughput",
                "1 KB records to random partitions",
                PARTITIONS,
                new Axis("MB/s", false),
                overPartitions(
                        "spread",
                        List.of(
                                new Shown("mbPerS", "", 1, Line.SOLID),
                                new Shown("mbPerS", ", Braid's client", 1, Line.DASHED, "braid")))));
        plots.add(new Plot(
                "memory",
                "Memory of a node with that many partitions",
                PARTITIONS,
                new Axis("MB", true),
                overPartitions(
                        "partitions",
                        List.of(
                                new Shown("rssBytes", ": RSS", 1e-6, Line.SOLID),
                                new Shown("heapAfterGcBytes", ": heap after collection", 1e-6, Line.DASHED)))));
        plots.add(new Plot(
                "restart",
                "From the start of the process until 200 random partitions acknowledge",
                PARTITIONS,
                new Axis("s", true),
                overPartitions(
                        "partitions",
                        List.of(
                                new Shown("killedReadyMs", ": after kill -9", 1e-3, Line.SOLID),
                                new Shown("cleanReadyMs", ": after a clean stop", 1e-3, Line.DASHED)))));
        return plots.stream()
                .filter(plot -> plot.series().stream().anyMatch(s -> !s.points().isEmpty()))
                .toList();
    }

    /** Bars. */
    List<BarPlot> bars() {
        List<BarPlot> plots = new ArrayList<>();
        List<String> cases = results.stream()
                .filter(result -> result.workload().equals("end-to-end"))
                .map(Result::caseName)
                .distinct()
                .toList();
        for (String name : cases) {
            latency(name).ifPresent(plots::add);
        }
        failover().ifPresent(plots::add);
        return plots;
    }

    /**
     * @param suffix of the series' name behind the broker's
     * @param client the library that was used
     */
    private record Shown(String field, String suffix, double scale, Line line, String client) {
        Shown(String field, String suffix, double scale, Line line) {
            this(field, suffix, scale, line, "kafka");
        }
    }

    private List<Series> overPartitions(String workload, List<Shown> shown) {
        List<Series> series = new ArrayList<>();
        for (Side side : Side.values()) {
            for (Shown one : shown) {
                Map<Double, List<Double>> byCount = new TreeMap<>();
                results.stream()
                        .filter(result -> result.workload().equals(workload) && side.is(result))
                        .filter(result -> result.client().equals(one.client())
                                && result.text("stopped").isEmpty())
                        .filter(result -> result.number(one.field()).orElse(0) > 0)
                        .forEach(result -> byCount.computeIfAbsent(
                                        result.number("partitions").orElse(1), count -> new ArrayList<>())
                                .add(result.number(one.field()).orElse(0) * one.scale()));
                List<Point> points = new ArrayList<>();
                byCount.forEach((count, values) -> points.add(
                        new Point(count, Sample.of(values).orElseThrow().median())));
                if (!points.isEmpty()) {
                    series.add(new Series(side.title() + one.suffix(), side == Side.BRAID ? 0 : 1, one.line(), points));
                }
            }
        }
        return series;
    }

    private Optional<BarPlot> latency(String caseName) {
        List<Result> lines =
                results.stream().filter(r -> r.caseName().equals(caseName)).toList();
        List<BarPlot.Series> series = new ArrayList<>();
        for (Side side : Side.values()) {
            for (String client : List.of("kafka", "braid")) {
                List<Double> values = PERCENTILES.keySet().stream()
                        .map(field -> median(
                                lines.stream()
                                        .filter(side::is)
                                        .filter(r -> r.client().equals(client))
                                        .toList(),
                                field))
                        .toList();
                if (values.stream().allMatch(value -> value > 0)) {
                    series.add(new BarPlot.Series(
                            side.title() + (client.equals("kafka") ? ", kafka-clients" : ", Braid's client"), values));
                }
            }
        }
        return series.isEmpty()
                ? Optional.empty()
                : Optional.of(new BarPlot(
                        "latency-" + caseName,
                        lines.get(0).title(),
                        List.copyOf(PERCENTILES.values()),
                        "ms",
                        true,
                        series));
    }

    private Optional<BarPlot> failover() {
        List<Result> lines = results.stream()
                .filter(result -> result.workload().equals("failover"))
                .toList();
        List<String> cases = lines.stream().map(Result::title).distinct().toList();
        List<BarPlot.Series> series = new ArrayList<>();
        for (Side side : Side.values()) {
            List<Double> values = new ArrayList<>();
            for (String title : cases) {
                double gap = median(
                        lines.stream()
                                .filter(line -> side.is(line) && line.title().equals(title))
                                .toList(),
                        "lostGapMaxMs");
                values.add(gap > 0 ? (Double) gap : null);
            }
            if (values.stream().anyMatch(Objects::nonNull)) {
                series.add(new BarPlot.Series(side.title(), values));
            }
        }
        return series.isEmpty()
                ? Optional.empty()
                : Optional.of(new BarPlot(
                        "failover",
                        "kill -9 of one of three brokers: longest gap between acknowledgements on its partitions",
                        cases,
                        "ms",
                        true,
                        series));
    }

    /** NaN without values. */
    private static double median(List<Result> lines, String field) {
        return Sample.of(lines.stream()
                        .map(line -> line.number(field))
                        .filter(OptionalDouble::isPresent)
                        .map(OptionalDouble::getAsDouble)
                        .toList())
                .map(Sample::median)
                .orElse(Double.NaN);
    }
}
