package io.braid.perf.measure;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One result: a JSON object on one line of standard output. First what was done ({@code workload}, {@code broker}, {@code client},
 * settings), then figures, each with its unit in its name: {@code mbPerS} (10^6 bytes), {@code cpuSecondsPerGb} (of the brokers, 10^9
 * bytes), {@code clientCpuSecondsPerGb}, {@code p99Ms}, {@code rssBytes}. Owned by one thread.
 */
public final class ResultLine {
    private final Map<String, Object> members = new LinkedHashMap<>();

    /**
     * Begins a line with {@code workload} and {@code at}, the time to the second.
     *
     * @param workload what was done: the subcommand's name
     */
    public ResultLine(String workload) {
        put("workload", workload);
        put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** Sets a member; of one that is there, the value changes and not the place. */
    public ResultLine put(String name, String value) {
        members.put(name, value);
        return this;
    }

    public ResultLine put(String name, long value) {
        members.put(name, value);
        return this;
    }

    /** What is not a number, or infinite, becomes null. Written with three decimals, four digits at least. */
    public ResultLine put(String name, double value) {
        members.put(name, value);
        return this;
    }

    public ResultLine put(String name, boolean value) {
        members.put(name, value);
        return this;
    }

    /** Sets a list of String, Long, Integer, Double or Boolean. */
    public ResultLine put(String name, List<?> values) {
        members.put(name, List.copyOf(values));
        return this;
    }

    /** All of another map; the same kinds of values. */
    public ResultLine putAll(Map<String, ?> values) {
        members.putAll(values);
        return this;
    }

    /** Without a line break; {@link JsonLine#parse} reads it. */
    public String text() {
        StringBuilder out = new StringBuilder("{");
        members.forEach((name, value) -> {
            if (out.length() > 1) {
                out.append(',');
            }
            JsonLine.quote(name, out);
            out.append(':');
            append(value, out);
        });
        return out.append('}').toString();
    }

    /** Prints the line at once. */
    public void print(PrintWriter out) {
        out.println(text());
        out.flush();
    }

    private static void append(Object value, StringBuilder out) {
        if (value instanceof Double number) {
            out.append(decimal(number));
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof List<?> list) {
            out.append('[');
            for (int i = 0; i < list.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                append(list.get(i), out);
            }
            out.append(']');
        } else {
            JsonLine.quote(value.toString(), out);
        }
    }

    private static String decimal(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "null";
        }
        int decimals = value == 0 || Math.abs(value) >= 1 ? 3 : 3 - (int) Math.floor(Math.log10(Math.abs(value)));
        return String.format(Locale.ROOT, "%." + Math.min(12, decimals) + "f", value);
    }
}
