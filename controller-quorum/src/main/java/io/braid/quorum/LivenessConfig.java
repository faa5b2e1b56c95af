package io.braid.quorum;

import java.time.Duration;

/**
 * How a controller that leads decides that a broker is gone.
 *
 * @param sessionTimeout without a heartbeat
 * @param closedConnectionGrace after a closed connection that the same incarnation does not open again
 * @param newLeaderGrace what a new leader gives to brokers that are not connected to it
 */
public record LivenessConfig(Duration sessionTimeout, Duration closedConnectionGrace, Duration newLeaderGrace) {
    public static final LivenessConfig DEFAULT =
            new LivenessConfig(Duration.ofSeconds(3), Duration.ofMillis(300), Duration.ofSeconds(1));
}
