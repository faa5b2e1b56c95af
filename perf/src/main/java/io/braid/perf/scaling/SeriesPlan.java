package io.braid.perf.scaling;

import java.util.List;

/**
 * Which numbers of partitions, and what is done with each. Immutable.
 *
 * @param counts rising
 * @param perTopic partitions of a topic
 * @param recordBytes of a value
 * @param limitSeconds that a step may take
 * @param restarts whether the node is restarted at each number
 */
record SeriesPlan(List<Integer> counts, int perTopic, int recordBytes, long limitSeconds, boolean restarts) {
    SeriesPlan {
        counts = List.copyOf(counts);
        for (int i = 0; i < counts.size(); i++) {
            if (counts.get(i) <= (i == 0 ? 0 : counts.get(i - 1))) {
                throw new IllegalArgumentException("the numbers of partitions must rise: " + counts);
            }
        }
    }
}
