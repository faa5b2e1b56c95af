package io.braid.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The committed counts: one JSON object, {@code {"Benchmark.method": bytes, ...}}, a line each, sorted, so that a change shows
 * as one line of a diff.
 */
final class Baseline {
    /** Netty's pools find a free buffer now and then not at once; an object has at least 16 bytes. */
    private static final long SLACK_BYTES = 8;

    private static final double SLACK = 0.005;

    private static final Pattern ENTRY = Pattern.compile("\"([\\w.]+)\": (\\d+)");

    private Baseline() {}

    static SortedMap<String, Long> read(Path file) throws IOException {
        SortedMap<String, Long> counts = new TreeMap<>();
        Matcher entry = ENTRY.matcher(Files.readString(file));
        while (entry.find()) {
            counts.put(entry.group(1), Long.valueOf(entry.group(2)));
        }
        return counts;
    }

    static void write(Path file, SortedMap<String, Long> counts) throws IOException {
        String body = counts.entrySet().stream()
                .map(entry -> "  \"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
        Files.writeString(file, body);
    }

    /** What an operation with this baseline may allocate. */
    static long limit(long bytes) {
        return bytes + Math.max(SLACK_BYTES, (long) (bytes * SLACK));
    }
}
