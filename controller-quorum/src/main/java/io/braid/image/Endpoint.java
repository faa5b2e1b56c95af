package io.braid.image;

import java.util.Objects;

/** Where a broker is reached: the advertised address of one listener. */
public record Endpoint(String listener, String host, int port) {
    public Endpoint {
        Objects.requireNonNull(listener);
        Objects.requireNonNull(host);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port);
        }
    }
}
