package io.braid.quorum;

import io.braid.controller.Command;
import java.time.Duration;
import java.util.Objects;

/**
 * What a broker's session needs.
 *
 * @param registration what the broker registers with
 * @param clusterId the cluster that the broker's data belongs to; "" if it has none yet. Controllers of another refuse it
 * @param heartbeatInterval between heartbeats
 * @param requestTimeout for one request to a controller
 * @param retryBackoff before a request is sent again
 * @param commandTimeout after which a command that no controller answered fails with REQUEST_TIMED_OUT
 */
public record SessionConfig(
        Command.RegisterBroker registration,
        String clusterId,
        Duration heartbeatInterval,
        Duration requestTimeout,
        Duration retryBackoff,
        Duration commandTimeout) {
    public SessionConfig {
        Objects.requireNonNull(registration);
        Objects.requireNonNull(clusterId);
    }

    /** Of a broker that belongs to no cluster yet. */
    public SessionConfig(
            Command.RegisterBroker registration,
            Duration heartbeatInterval,
            Duration requestTimeout,
            Duration retryBackoff,
            Duration commandTimeout) {
        this(registration, "", heartbeatInterval, requestTimeout, retryBackoff, commandTimeout);
    }

    public static SessionConfig of(Command.RegisterBroker registration) {
        return new SessionConfig(
                registration,
                Duration.ofMillis(500),
                Duration.ofSeconds(3),
                Duration.ofMillis(50),
                Duration.ofSeconds(30));
    }

    /** The same for a broker whose data belongs to a cluster. */
    public SessionConfig inCluster(String id) {
        return new SessionConfig(registration, id, heartbeatInterval, requestTimeout, retryBackoff, commandTimeout);
    }
}
