package io.braid.perf.compare;

import java.util.List;

/**
 * One command whose figures are compared. Immutable.
 *
 * @param name short, without spaces, the same from run to run: by it a run goes on where another ended
 * @param title for people
 * @param brokers braid, kafka or both, in this order
 * @param rounds how often each broker does it, at most
 * @param arguments of {@code braid perf}, without those that name the nodes
 */
record Workload(String name, String title, List<String> brokers, int rounds, List<String> arguments) {
    static final String BRAID = "braid";
    static final String KAFKA = "kafka";
    static final List<String> BOTH = List.of(BRAID, KAFKA);

    Workload {
        brokers = List.copyOf(brokers);
        arguments = List.copyOf(arguments);
    }

    /** One for both brokers. */
    static Workload both(String name, String title, int rounds, String... arguments) {
        return new Workload(name, title, BOTH, rounds, List.of(arguments));
    }

    /** One that only Braid is asked to do. */
    static Workload braidOnly(String name, String title, int rounds, String... arguments) {
        return new Workload(name, title, List.of(BRAID), rounds, List.of(arguments));
    }

    /** What a reader types to do it again. */
    String command() {
        return "bin/braid perf " + String.join(" ", arguments);
    }
}
