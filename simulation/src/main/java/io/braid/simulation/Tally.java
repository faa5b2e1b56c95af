package io.braid.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often things of interest happened: tells whether the seeds reach what they are to test. */
final class Tally {
    private final Map<String, Long> counts = new TreeMap<>();

    void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    Map<String, Long> counts() {
        return counts;
    }
}
