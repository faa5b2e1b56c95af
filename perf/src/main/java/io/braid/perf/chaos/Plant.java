package io.braid.perf.chaos;

import io.braid.perf.chaos.fault.Fault;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A way to run the cluster that is known to lose, repeat or reorder records: the checker must say so. */
@SuppressWarnings("ImmutableEnumChecker") // maps and sets that cannot be changed
enum Plant {
    NONE("a careful producer and careful topics", Map.of(), 2, Set.of()),
    ACKS_1(
            "acks=1: the leader alone answers, and is cut off and killed",
            Map.of("acks", "1", "enable.idempotence", "false", "retries", 0),
            2,
            Set.of(Fault.ISOLATE, Fault.KILL)),
    NO_IDEMPOTENCE(
            "enable.idempotence=false: what was written and not acknowledged is written again",
            Map.of("enable.idempotence", "false", "retries", Integer.MAX_VALUE, "request.timeout.ms", 1_000),
            2,
            Set.of(Fault.PAUSE)),
    UNCLEAN("min.insync.replicas=1, and a replica that was not in sync is made leader", Map.of(), 1, Set.of());

    private final String description;
    private final Map<String, Object> producerSettings;
    private final int minInSync;
    private final Set<Fault> faults;

    Plant(String description, Map<String, Object> producerSettings, int minInSync, Set<Fault> faults) {
        this.description = description;
        this.producerSettings = producerSettings;
        this.minInSync = minInSync;
        this.faults = faults;
    }

    String description() {
        return description;
    }

    Map<String, Object> producerSettings() {
        return producerSettings;
    }

    int minInSync() {
        return minInSync;
    }

    /** Which faults bring it out; none if it has a course of its own. */
    Set<Fault> faults() {
        return faults;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException for an unknown name */
    static Plant parse(String name) {
        return Arrays.stream(values())
                .filter(plant -> plant.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing to plant called '" + name + "'; there are "
                        + Arrays.stream(values()).map(Plant::text).collect(Collectors.joining(", "))));
    }
}
