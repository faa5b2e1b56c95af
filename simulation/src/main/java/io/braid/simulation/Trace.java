package io.braid.simulation;

import java.util.Locale;
import java.util.function.Consumer;

/** What happened, line by line, for whoever replays a seed. */
final class Trace {
    private final Timeline timeline;
    private final Consumer<String> lines;

    /** @param lines null for no trace */
    Trace(Timeline timeline, Consumer<String> lines) {
        this.timeline = timeline;
        this.lines = lines;
    }

    /** Whether anybody listens; ask before a costly line is put together. */
    boolean on() {
        return lines != null;
    }

    void log(String format, Object... arguments) {
        if (lines != null) {
            long us = timeline.nowUs();
            lines.accept(String.format(Locale.ROOT, "%5d.%06d #%-6d ", us / 1_000_000, us % 1_000_000, timeline.steps())
                    + String.format(Locale.ROOT, format, arguments));
        }
    }
}
