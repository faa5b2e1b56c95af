package io.braid.perf.profile;

import io.braid.perf.measure.ResultLine;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A profile as tables to read, and as a result line. Stateless. */
final class ProfileText {
    private static final int STACKS_OF_A_THREAD = 3;
    private static final double BYTES_PER_MB = 1e6;

    private ProfileText() {}

    /** Tables, the heaviest first. */
    static void print(Profile profile, double seconds, int top, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%d samples of running threads in %.0f s; the process took %.1f %% of all processors%n",
                profile.samples(),
                seconds,
                profile.cpuPercent());
        table(out, "CPU by kind of thread", profile.threads().top(top), "");
        table(out, "hottest methods", profile.methods().top(top), "");
        out.printf("%nhottest stacks by kind of thread, percent of its samples%n");
        for (Map.Entry<String, Shares> thread : profile.stacks().entrySet()) {
            out.printf(
                    Locale.ROOT,
                    "  %s (%.1f %% of all)%n",
                    thread.getKey(),
                    100 * thread.getValue().total() / profile.samples());
            for (Shares.Share stack : thread.getValue().top(STACKS_OF_A_THREAD)) {
                out.printf(Locale.ROOT, "  %6.1f %%  %s%n", stack.percent(), stack.name());
            }
        }
        table(out, "native code, waiting included", profile.nativeMethods().top(top), "");
        double mbPerS = profile.allocations().total() / BYTES_PER_MB / seconds;
        table(
                out,
                String.format(Locale.ROOT, "allocation sites (%.1f MB/s)", mbPerS),
                profile.allocations().top(top),
                "");
        table(out, "waits for locks", profile.locks().top(top), " ms");
        table(out, "collections", profile.pauses().top(top), " ms of pauses");
        if (profile.heapAfterGcBytes() >= 0) {
            out.printf(Locale.ROOT, "  heap after the last one: %.1f MB%n", profile.heapAfterGcBytes() / BYTES_PER_MB);
        }
        out.flush();
    }

    /** @param unit of the weights, "" to show percents only */
    private static void table(PrintWriter out, String title, List<Shares.Share> rows, String unit) {
        out.printf("%n%s%n", title);
        if (rows.isEmpty()) {
            out.println("  none");
        }
        for (Shares.Share row : rows) {
            if (unit.isEmpty()) {
                out.printf(Locale.ROOT, "  %6.1f %%  %s%n", row.percent(), row.name());
            } else {
                out.printf(
                        Locale.ROOT,
                        "  %6d times %9.1f%s, at most %.1f  %s%n",
                        row.count(),
                        row.weight(),
                        unit,
                        row.most(),
                        row.name());
            }
        }
    }

    /** Adds the figures; each list of names has one of percents, bytes or ms beside it. */
    static ResultLine put(Profile profile, double seconds, int top, ResultLine line) {
        line.put("samples", profile.samples());
        line.put("cpuPercentOfAllProcessors", profile.cpuPercent());
        lists(line, "method", profile.methods().top(top), "Percent");
        lists(line, "thread", profile.threads().top(top), "Percent");
        lists(line, "native", profile.nativeMethods().top(top), "Percent");
        line.put("allocatedMbPerS", profile.allocations().total() / BYTES_PER_MB / seconds);
        lists(line, "allocation", profile.allocations().top(top), "Percent");
        lists(line, "lock", profile.locks().top(top), "Ms");
        line.put("lockWaitMs", profile.locks().total());
        List<Shares.Share> pauses = profile.pauses().top(Integer.MAX_VALUE);
        line.put("gcCount", pauses.stream().mapToLong(Shares.Share::count).sum());
        line.put("gcPauseMs", profile.pauses().total());
        line.put(
                "gcMaxPauseMs",
                pauses.stream().mapToDouble(Shares.Share::most).max().orElse(0));
        if (profile.heapAfterGcBytes() >= 0) {
            line.put("heapAfterGcBytes", profile.heapAfterGcBytes());
        }
        return line;
    }

    private static void lists(ResultLine line, String what, List<Shares.Share> rows, String unit) {
        line.put(what + "s", rows.stream().map(Shares.Share::name).toList());
        boolean percents = unit.equals("Percent");
        line.put(
                what + unit + (percents ? "s" : ""),
                rows.stream()
                        .map(row -> percents ? row.percent() : row.weight())
                        .toList());
    }
}
