package io.braid.perf.compare;

import java.util.List;
import java.util.Map;

/**
 * Workloads that one start of the nodes serves, after one warming up. Immutable.
 *
 * @param name for people
 * @param nodes to start; 0 when the commands start their own
 * @param kafkaSettings of nodes of Apache Kafka, beyond those that any has
 * @param warmUp commands whose figures do not count
 */
record Session(
        String name,
        int nodes,
        Map<String, String> kafkaSettings,
        List<List<String>> warmUp,
        List<Workload> workloads) {
    Session {
        kafkaSettings = Map.copyOf(kafkaSettings);
        warmUp = List.copyOf(warmUp);
        workloads = List.copyOf(workloads);
    }

    int rounds() {
        return workloads.stream().mapToInt(Workload::rounds).max().orElse(0);
    }
}
