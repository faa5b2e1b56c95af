package io.braid.perf.chaos.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was found, counted, with the first few of each kind in words. */
final class Anomalies {
    private static final int SHOWN = 10;

    private final Map<Anomaly, Long> counts = new EnumMap<>(Anomaly.class);
    private final Map<Anomaly, List<String>> examples = new EnumMap<>(Anomaly.class);

    void add(Anomaly anomaly, String example) {
        counts.merge(anomaly, 1L, Long::sum);
        List<String> shown = examples.computeIfAbsent(anomaly, a -> new ArrayList<>());
        if (shown.size() < SHOWN) {
            shown.add(example);
        }
    }

    Map<Anomaly, Long> counts() {
        return counts;
    }

    Map<Anomaly, List<String>> examples() {
        return examples;
    }
}
