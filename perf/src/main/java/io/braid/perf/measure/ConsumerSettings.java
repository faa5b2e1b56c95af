package io.braid.perf.measure;

import java.util.Map;
import java.util.Objects;

/**
 * How a consumer is to be. Immutable.
 *
 * @param clientId in the header of requests
 * @param kafkaSettings of kafka-clients, over all others; Braid's consumer takes none
 */
public record ConsumerSettings(String bootstrap, String clientId, Map<String, String> kafkaSettings) {
    public ConsumerSettings {
        Objects.requireNonNull(bootstrap, "bootstrap");
        kafkaSettings = Map.copyOf(kafkaSettings);
    }

    /** The libraries' defaults. */
    public static ConsumerSettings of(String bootstrap) {
        return new ConsumerSettings(bootstrap, "braid-perf", Map.of());
    }
}
