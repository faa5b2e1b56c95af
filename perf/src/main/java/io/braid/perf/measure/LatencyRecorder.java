package io.braid.perf.measure;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long things took: a histogram of nanoseconds with three digits (HdrHistogram), from 1 us to an hour. Any thread records,
 * without waiting; one thread reads.
 */
public final class LatencyRecorder {
    private static final int DIGITS = 3;
    private static final long LEAST_NS = 1_000;
    private static final long MOST_NS = TimeUnit.HOURS.toNanos(1);

    private final Recorder recorder = new Recorder(LEAST_NS, MOST_NS, DIGITS);
    private final Histogram total = new Histogram(LEAST_NS, MOST_NS, DIGITS);
    private Histogram interval;

    /** A time below zero counts as zero, one above an hour as an hour. */
    public void record(long tookNs) {
        recorder.recordValue(Math.max(0, Math.min(MOST_NS, tookNs)));
    }

    /** Adds what was recorded since the last call. */
    private void collect() {
        interval = recorder.getIntervalHistogram(interval);
        total.add(interval);
    }

    public long count() {
        collect();
        return total.getTotalCount();
    }

    /**
     * In ms; NaN if nothing was recorded.
     *
     * @param percent above 0 and up to 100
     */
    public double percentileMs(double percent) {
        collect();
        return total.getTotalCount() == 0 ? Double.NaN : total.getValueAtPercentile(percent) / 1e6;
    }

    /**
     * Adds {@code p50Ms}, {@code p90Ms}, {@code p99Ms}, {@code p999Ms}, {@code p9999Ms}, {@code maxMs}, {@code meanMs} and {@code
     * latencies}, how many there are; null each if none.
     *
     * @param prefix of the names, empty or a word: {@code ack} gives {@code ackP50Ms}
     */
    public void putInto(ResultLine line, String prefix) {
        collect();
        for (Point point : POINTS) {
            line.put(name(prefix, point.name()), percentileMs(point.percent()));
        }
        boolean none = total.getTotalCount() == 0;
        line.put(name(prefix, "meanMs"), none ? Double.NaN : total.getMean() / 1e6);
        line.put(name(prefix, "latencies"), total.getTotalCount());
    }

    private record Point(String name, double percent) {}

    private static final List<Point> POINTS = List.of(
            new Point("p50Ms", 50),
            new Point("p90Ms", 90),
            new Point("p99Ms", 99),
            new Point("p999Ms", 99.9),
            new Point("p9999Ms", 99.99),
            new Point("maxMs", 100));

    private static String name(String prefix, String name) {
        return prefix.isEmpty() ? name : prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
