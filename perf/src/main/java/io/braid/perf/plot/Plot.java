package io.braid.perf.plot;

import java.util.List;

/**
 * A picture before it is drawn. Immutable.
 *
 * @param name of its files, without an ending
 * @param x along the bottom
 * @param y along the left
 * @param series drawn in this order; each keeps its colour from picture to picture by its place
 */
public record Plot(String name, String title, Axis x, Axis y, List<Series> series) {
    public Plot {
        series = List.copyOf(series);
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
     * @param points as many of each
     */
    public record Series(String name, Line line, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }
    }

    /** One figure. */
    public record Point(double x, double y) {}
}
