package io.braid.controller;

import io.braid.image.Configs;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Uuid;

/**
 * A topic to create.
 *
 * @param id chosen at random by whoever proposes it
 * @param replicationFactor -1 for that of the pool (or, when there is no pool yet, as many as there are brokers, up to 3)
 * @param internal whether it is one of the cluster's own
 * @param compacted whether its effective cleanup policy compacts; with {@code internal} decides the class of its pool
 * @param configs what is set on the topic; checked by the broker beforehand
 */
public record NewTopic(
        Uuid id,
        String name,
        int partitionCount,
        int replicationFactor,
        boolean internal,
        boolean compacted,
        Configs configs) {
    public NewTopic {
        Objects.requireNonNull(id);
        Objects.requireNonNull(name);
        Objects.requireNonNull(configs);
    }

    /** An ordinary topic, compacted if its own configs say so. */
    public static NewTopic of(
            Uuid id, String name, int partitionCount, int replicationFactor, Map<String, String> configs) {
        boolean compacted = configs.getOrDefault("cleanup.policy", "").contains("compact");
        return new NewTopic(id, name, partitionCount, replicationFactor, false, compacted, Configs.of(configs));
    }
}
