package io.braid.perf.chaos.history;

import java.util.Locale;

/** How an operation ended, in Jepsen's words. */
public enum Outcome {
    /** It happened. */
    OK,
    /** It certainly did not happen. */
    FAIL,
    /** It may have happened, may happen later, or never. */
    INFO;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Outcome parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
