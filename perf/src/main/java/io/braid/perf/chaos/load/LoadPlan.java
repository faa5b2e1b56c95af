package io.braid.perf.chaos.load;

import io.braid.perf.measure.ClientKind;
import java.util.Map;

/**
 * What the clients do.
 *
 * @param client the library of all clients
 * @param bootstrap of all nodes
 * @param recordsPerSecond of all producers together
 * @param recordBytes mean size of most records; one in fifty has twenty times that
 * @param producerSettings of kafka-clients, over those of a careful producer; Braid's takes none
 * @param seed for sizes, partitions and positions
 */
public record LoadPlan(
        ClientKind client,
        String bootstrap,
        String topic,
        int partitions,
        int writers,
        int recordsPerSecond,
        int recordBytes,
        int readers,
        int membersPerGroup,
        Map<String, Object> producerSettings,
        long seed) {
    public LoadPlan {
        producerSettings = Map.copyOf(producerSettings);
        if (partitions < 1 || writers < 1 || recordsPerSecond < 1 || recordBytes < 1) {
            throw new IllegalArgumentException("nothing to write");
        }
        if (client == ClientKind.BRAID && !producerSettings.isEmpty()) {
            throw new IllegalArgumentException("Braid's producer is always careful");
        }
    }
}
