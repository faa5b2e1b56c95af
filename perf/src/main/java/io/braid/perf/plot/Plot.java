package io.braid.perf.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A picture before it is drawn. Immutable.
 *
 * @param name of its files, without an ending
 * @param x along the bottom
 * @param y along the left
 * @param series drawn in this order
 */
public record Plot(String name, String title, Axis x, Axis y, List<Series> series) {
    public Plot {
        series = List.copyOf(series);
    }

    /** The power of ten at or below all values of y; 1 without points. */
    double yFloor() {
        return Math.pow(10, Math.floor(Math.log10(ys().min().orElse(1))));
    }

    /** The power of ten above all values of y; 10 without points. */
    double yCeiling() {
        return Math.pow(10, Math.floor(Math.log10(ys().max().orElse(1))) + 1);
    }

    private DoubleStream ys() {
        return series.stream().flatMap(one -> one.points().stream()).mapToDouble(Point::y);
    }

    /** @param log whether each power of ten takes the same room; values must then be above 0 */
    public record Axis(String title, boolean log) {}

    /** What a series looks like. */
    public enum Line {
        SOLID,
        DASHED
    }

    /**
     * Points in order of x.
     *
     * @param colour its place in the palette, the same for what belongs together
     */
    public record Series(String name, int colour, Line line, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }
    }

    /** One figure. */
    public record Point(double x, double y) {}
}
