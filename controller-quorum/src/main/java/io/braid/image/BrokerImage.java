package io.braid.image;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * One registered broker.
 *
 * @param epoch the broker epoch: the metadata version of its registration; grows with every incarnation
 * @param incarnation of the process
 * @param bootId of the machine's run the process belongs to; empty when unknown. With the same boot id, and the same
 *     directories, what was written is still in the page cache
 * @param directoryIds of its log directories
 * @param features what it supports
 * @param fenced a fenced broker leads nothing and is in no in-sync set but as the last member
 */
public record BrokerImage(
        int id,
        long epoch,
        Uuid incarnation,
        String bootId,
        List<Uuid> directoryIds,
        List<Endpoint> endpoints,
        Optional<String> rack,
        List<FeatureRange> features,
        boolean fenced) {
    public BrokerImage {
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(bootId);
        Objects.requireNonNull(rack);
        directoryIds = List.copyOf(directoryIds);
        endpoints = List.copyOf(endpoints);
        features = List.copyOf(features);
    }

    /** Where a listener of this broker is reached. */
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }

    BrokerImage withFenced(boolean now) {
        return new BrokerImage(id, epoch, incarnation, bootId, directoryIds, endpoints, rack, features, now);
    }
}
