package io.braid.broker.config;

import java.util.Locale;
import java.util.Objects;

/**
 * A named address that Kafka clients connect to. Immutable.
 *
 * @param name upper case, such as {@code PLAINTEXT}
 */
public record Listener(String name, HostPort address) {

    public Listener {
        Objects.requireNonNull(name);
        Objects.requireNonNull(address);
        if (!name.matches("[A-Z0-9_.-]{1,64}")) {
            throw new IllegalArgumentException("not a listener name: " + name);
        }
    }

    /**
     * Reads {@code NAME://host:port}.
     *
     * @throws IllegalArgumentException when it is not that
     */
    public static Listener parse(String text) {
        int end = text.indexOf("://");
        if (end <= 0) {
            throw new IllegalArgumentException("no NAME:// in " + text);
        }
        return new Listener(text.substring(0, end).toUpperCase(Locale.ROOT), HostPort.parse(text.substring(end + 3)));
    }

    @Override
    public String toString() {
        return name + "://" + address;
    }
}
