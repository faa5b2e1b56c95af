package io.braid.image;

import java.util.Objects;

/**
 * The configs set on one resource that is not a topic.
 *
 * @param type as in Kafka's {@code ConfigResource.Type}: 4 broker, 16 client metrics, 32 group, and whatever comes
 * @param name of the resource; "" for the default of all brokers
 */
public record ResourceConfig(byte type, String name, Configs configs) {
    public ResourceConfig {
        Objects.requireNonNull(name);
        Objects.requireNonNull(configs);
    }
}
