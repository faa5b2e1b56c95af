package io.braid.perf.chaos.load;

import java.util.Locale;

/** Errors as words that can be counted: the class, and its message without what differs each time. */
final class Errors {
    private static final int LONGEST = 160;

    private Errors() {}

    static String text(Throwable error) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        String text = error.getClass().getSimpleName() + ": "
                + message.replaceAll("[0-9]+", "N").replaceAll("\\s+", " ");
        return String.format(Locale.ROOT, "%." + LONGEST + "s", text);
    }
}
