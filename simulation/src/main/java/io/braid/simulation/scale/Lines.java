package io.braid.simulation.scale;

import java.util.List;
import java.util.Map;

/** Lines of results, to choose from. Immutable. */
final class Lines {
    private final List<Map<String, Object>> all;

    Lines(List<Map<String, Object>> all) {
        this.all = List.copyOf(all);
    }

    List<Map<String, Object>> all() {
        return all;
    }

    Lines where(String name, Object value) {
        return new Lines(
                all.stream().filter(line -> value.equals(line.get(name))).toList());
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    List<Double> numbers(String name) {
        return all.stream().map(line -> number(line, name)).toList();
    }

    /** The largest of them; 0 if there are none. */
    double most(String name) {
        return all.stream().mapToDouble(line -> number(line, name)).max().orElse(0);
    }

    private static double number(Map<String, Object> line, String name) {
        return line.get(name) instanceof Number number ? number.doubleValue() : 0;
    }
}
