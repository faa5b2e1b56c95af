package io.braid.protocol;

import java.util.Objects;

/** Who sent a request, as authorizers and quotas see it: {@code User:ANONYMOUS} on a plaintext listener. */
public record Principal(String type, String name) {
    public static final Principal ANONYMOUS = new Principal("User", "ANONYMOUS");

    public Principal {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
        return type + ":" + name;
    }
}
