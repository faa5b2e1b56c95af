package io.braid.broker.group;

import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;

/**
 * The broker that coordinates a group, as a listener's clients reach it. Immutable.
 *
 * @param error NONE, or why there is none now
 * @param nodeId -1 after an error
 */
public record Coordinator(Errors error, int nodeId, String host, int port) {
    public Coordinator {
        Objects.requireNonNull(error);
        Objects.requireNonNull(host);
    }

    static Coordinator failed(Errors error) {
        return new Coordinator(error, -1, "", -1);
    }
}
