package io.braid.simulation.scale;

import java.util.LinkedHashMap;
import java.util.Map;

/** Named values in the order they were given, with units in their names: one line of results. */
final class Figures {
    private Figures() {}

    /** @param namesAndValues a name, its value, the next name ... */
    static Map<String, Object> of(Object... namesAndValues) {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            figures.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return figures;
    }

    /** One thousandth is as fine as anything here is known. */
    static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
