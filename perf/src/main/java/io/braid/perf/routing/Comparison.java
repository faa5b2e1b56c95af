package io.braid.perf.routing;

import io.braid.perf.measure.ResultLine;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** What leader changes cost the clients of one way. Knows no clock; immutable. */
final class Comparison {
    private final Way way;
    private final int changes;
    private final long refusedBatches;
    private final int failedRecords;
    private final double[] staleMs;
    private final double[] extraMs;
    private final double[] latencyMs;

    /**
     * Reckons.
     *
     * @param changes while the load ran, of its partitions
     * @param aroundMs records due so long before and after a change was applied count as held up by it
     * @param refusedBatches that a broker refused or did not answer, and that were sent again
     */
    Comparison(
            Way way,
            List<LeaderChange> changes,
            Sightings sightings,
            Latencies latencies,
            long aroundMs,
            long refusedBatches) {
        this.way = way;
        this.changes = changes.size();
        this.refusedBatches = refusedBatches;
        this.failedRecords = latencies.failed();
        this.latencyMs = latencies.ascendingMs();
        double median = percentile(latencyMs, 50);
        this.extraMs = changes.stream()
                .mapToDouble(change -> latencies.longestMs(
                        change.partition(), change.appliedMs() - aroundMs, change.appliedMs() + aroundMs))
                .map(longest -> Math.max(0, longest - median))
                .sorted()
                .toArray();
        // The client may hear of a change before the first broker has written its line: that is no time.
        this.staleMs = changes.stream()
                .flatMapToLong(change -> age(change, sightings.sawMs(change)))
                .mapToDouble(age -> Math.max(0, age))
                .sorted()
                .toArray();
    }

    private static LongStream age(LeaderChange change, OptionalLong sawMs) {
        return sawMs.isPresent() ? LongStream.of(sawMs.getAsLong() - change.appliedMs()) : LongStream.empty();
    }

    /** The value at a percentile of ascending values (nearest rank); NaN of none. */
    static double percentile(double[] ascending, double percent) {
        if (ascending.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(percent / 100 * ascending.length);
        return ascending[Math.max(0, rank - 1)];
    }

    /**
     * Adds the figures: {@code stale} is the time from the first broker's having applied a change until the client's table showed it,
     * {@code extra}, for each change, how much longer than the median its partition's slowest record took.
     */
    ResultLine put(ResultLine line) {
        line.put("way", way.text())
                .put("leaderChanges", changes)
                .put("unseenChanges", changes - staleMs.length)
                .put("refusedBatches", refusedBatches)
                .put("refusedBatchesPerChange", perChange())
                .put("failedRecords", failedRecords)
                .put("records", latencyMs.length);
        percentiles(line, "stale", staleMs);
        percentiles(line, "extra", extraMs);
        percentiles(line, "latency", latencyMs);
        return line;
    }

    private double perChange() {
        return changes == 0 ? Double.NaN : (double) refusedBatches / changes;
    }

    private static void percentiles(ResultLine line, String name, double[] ascending) {
        line.put(name + "P50Ms", percentile(ascending, 50));
        line.put(name + "P99Ms", percentile(ascending, 99));
        line.put(name + "MaxMs", percentile(ascending, 100));
    }

    /** Whether no record failed, and the watch, which promises it, has told of all changes. */
    boolean good() {
        return failedRecords == 0 && changes > 0 && (way != Way.WATCH || staleMs.length == changes);
    }

    /** The first lines of a table in Markdown. */
    static String tableHead() {
        return "| way | leader changes | refused batches a change | failed records | table behind, ms: p50, p99 |"
                + " slowest record of a change, ms more than the median: p50, p99 |\n|---|---|---|---|---|---|";
    }

    /** A line of it. */
    String tableRow() {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.2f | %d | %.0f, %.0f | %.1f, %.1f |",
                way.text(),
                changes,
                perChange(),
                failedRecords,
                percentile(staleMs, 50),
                percentile(staleMs, 99),
                percentile(extraMs, 50),
                percentile(extraMs, 99));
    }
}
