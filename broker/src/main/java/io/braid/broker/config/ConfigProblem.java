package io.braid.broker.config;

import java.util.Objects;

/**
 * One thing that is wrong with a configuration. Immutable.
 *
 * @param key the key as it was written
 * @param value the value as it was written
 * @param reason what is allowed, such as {@code must be true or false}
 */
public record ConfigProblem(String key, String value, String reason) {

    private static final int SHOWN_VALUE_CHARS = 200;

    public ConfigProblem {
        Objects.requireNonNull(key);
        Objects.requireNonNull(value);
        Objects.requireNonNull(reason);
    }

    /** One line: key, value, what is allowed. */
    public String message() {
        String shown = value.length() <= SHOWN_VALUE_CHARS ? value : value.substring(0, SHOWN_VALUE_CHARS) + "...";
        return (key + "=" + shown + ": " + reason).replaceAll("\\p{Cntrl}", " ");
    }
}
