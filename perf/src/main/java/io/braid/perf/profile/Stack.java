package io.braid.perf.profile;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Frames of a thread, the innermost first, each {@code package.Class.method}. Immutable.
 */
record Stack(List<String> frames) {
    private static final String OURS = "io.braid.";

    Stack {
        frames = List.copyOf(frames);
    }

    /** The method that ran; "" for an empty stack. */
    String top() {
        return frames.isEmpty() ? "" : frames.get(0);
    }

    /** The innermost method of Braid, which is where something can be changed. */
    Optional<String> ours() {
        return frames.stream().filter(frame -> frame.startsWith(OURS)).findFirst();
    }

    /** The method that ran, and which of ours called it. */
    String site() {
        return ours().filter(frame -> !frame.equals(top()))
                .map(frame -> top() + " < " + frame)
                .orElse(top());
    }

    /** The first frames as one text, the innermost first. */
    String text(int depth) {
        return frames.stream().limit(depth).collect(Collectors.joining(" < "));
    }
}
