package io.braid.perf.report;

import io.braid.perf.measure.JsonLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One result line as it was read. Immutable.
 *
 * @param members by name, in the line's order: String, Number, Boolean, List or null
 */
record Result(Map<String, Object> members) {
    Result {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /**
     * All lines of a file.
     *
     * @throws IOException the file cannot be read, or a line is no JSON object; which one
     */
    static List<Result> read(Path file) throws IOException {
        List<Result> results = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                results.add(new Result(JsonLine.parse(line)));
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " line " + number + ": " + e.getMessage(), e);
            }
        }
        return results;
    }

    String workload() {
        return text("workload");
    }

    /** What the comparison calls it; the workload's name where it was run by hand. */
    String caseName() {
        return members.get("case") == null ? workload() : text("case");
    }

    /** The case in words. */
    String title() {
        return members.get("title") == null ? caseName() : text("title");
    }

    /** braid or kafka. */
    String broker() {
        return text("broker");
    }

    /** kafka for kafka-clients, which is also meant where nothing is said; or braid. */
    String client() {
        return members.get("client") == null ? "kafka" : text("client");
    }

    /** A member as text, empty when it is not there. */
    String text(String name) {
        Object value = members.get(name);
        return value == null ? "" : value.toString();
    }

    /** A member, empty when it is not there, null or no number. */
    OptionalDouble number(String name) {
        return members.get(name) instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    /** A list of texts, empty when it is not there. */
    List<String> texts(String name) {
        return members.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
