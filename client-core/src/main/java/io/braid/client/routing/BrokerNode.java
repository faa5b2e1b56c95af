package io.braid.client.routing;

import java.util.Objects;

/**
 * Where a broker is reached. Immutable.
 *
 * @param rack "" when it names none
 */
public record BrokerNode(int id, String host, int port, String rack) {
    public BrokerNode {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(rack, "rack");
    }

    /** {@code host:port}. */
    public String address() {
        return host + ":" + port;
    }
}
