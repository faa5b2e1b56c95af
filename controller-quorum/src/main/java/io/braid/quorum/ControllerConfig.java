package io.braid.quorum;

import io.braid.image.ControllerImage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a controller does beside answering.
 *
 * @param liveness when a broker is gone
 * @param balanceInterval how often the leading controller gives leadership back to preferred leaders; zero for never
 * @param controllers those that the configuration names, for the first leader to write down; empty for one that is alone
 * @param newClusterId the id of the cluster that the first leader makes; empty if somebody else makes it
 */
public record ControllerConfig(
        LivenessConfig liveness,
        Duration balanceInterval,
        List<ControllerImage> controllers,
        Optional<String> newClusterId) {
    public ControllerConfig {
        Objects.requireNonNull(liveness);
        Objects.requireNonNull(balanceInterval);
        Objects.requireNonNull(newClusterId);
        controllers = List.copyOf(controllers);
    }

    /** Answers, and does nothing of its own accord but to fence. */
    public static ControllerConfig of(LivenessConfig liveness) {
        return new ControllerConfig(liveness, Duration.ZERO, List.of(), Optional.empty());
    }
}
