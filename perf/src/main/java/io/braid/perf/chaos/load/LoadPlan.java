package io.braid.perf.chaos.load;

import java.util.Map;

/**
 * What the clients do.
 *
 * @param bootstrap of all nodes
 * @param recordsPerSecond of all producers together
 * @param recordBytes mean size of most records; one in fifty has twenty times that
 * @param producerSettings over those of a careful producer
 * @param seed for sizes, partitions and positions
 */
public record LoadPlan(
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
    }
}
