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
 * @param cordoned a cordoned broker gets no more replicas and is not elected where another can be; it keeps what it has
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
        boolean fenced,
        boolean cordoned) {
    public BrokerImage {
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(bootId);
        Objects.requireNonNull(rack);
        directoryIds = List.copyOf(directoryIds);
        endpoints = List.copyOf(endpoints);
        features = List.copyOf(features);
    }

    /** A broker that is not cordoned. */
    public BrokerImage(
            int id,
            long epoch,
            Uuid incarnation,
            String bootId,
            List<Uuid> directoryIds,
            List<Endpoint> endpoints,
            Optional<String> rack,
            List<FeatureRange> features,
            boolean fenced) {
        this(id, epoch, incarnation, bootId, directoryIds, endpoints, rack, features, fenced, false);
    }

    /** Whether it may be given replicas: it runs and is not cordoned. */
    public boolean takesReplicas() {
        return !fenced && !cordoned;
    }

    /** Where a listener of this broker is reached. */
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }

    BrokerImage withFenced(boolean now) {
        return new BrokerImage(id, epoch, incarnation, bootId, directoryIds, endpoints, rack, features, now, cordoned);
    }

    BrokerImage withCordoned(boolean now) {
        return new BrokerImage(id, epoch, incarnation, bootId, directoryIds, endpoints, rack, features, fenced, now);
    }
}
