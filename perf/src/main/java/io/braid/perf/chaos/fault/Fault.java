package io.braid.perf.chaos.fault;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be done to a cluster; each ends after its time, by itself or by being mended. */
public enum Fault {
    KILL(8, 200, 9_000, "kill -9 of a node; started again after the time"),
    KILL_CONTROLLER(6, 200, 6_000, "kill -9 of the node whose controller leads"),
    KILL_ALL(2, 200, 4_000, "kill -9 of all nodes"),
    RESTART(5, 0, 3_000, "SIGTERM to a node; started again after the time"),
    PAUSE(8, 200, 12_000, "SIGSTOP to a node, SIGCONT after the time"),
    CUT(6, 500, 12_000, "no bytes between two nodes, in both directions"),
    ISOLATE(6, 500, 12_000, "no bytes between a node and all others"),
    ONE_WAY(5, 500, 12_000, "no bytes from a node to another, which still reaches it"),
    DELAY(3, 1_000, 10_000, "bytes between two nodes take 20 to 400 ms longer"),
    DROP(4, 0, 1, "all connections between two nodes are closed"),
    ELECT(4, 0, 1, "leadership goes to the preferred leaders"),
    MOVE(4, 1_000, 8_000, "a shard gets other replicas"),
    DISK(2, 2_000, 8_000, "the last node has no room to write"),
    WIPE(2, 0, 2_000, "a node loses its disk and comes back without data, its controller replaced");

    private final int weight;
    private final int leastMs;
    private final int mostMs;
    private final String description;

    Fault(int weight, int leastMs, int mostMs, String description) {
        this.weight = weight;
        this.leastMs = leastMs;
        this.mostMs = mostMs;
        this.description = description;
    }

    int weight() {
        return weight;
    }

    int leastMs() {
        return leastMs;
    }

    int mostMs() {
        return mostMs;
    }

    /** One line for people. */
    public String description() {
        return description;
    }

    /** As on the command line: {@code kill-controller}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Needs a network that can be cut. */
    public boolean ofTheNetwork() {
        return this == CUT || this == ISOLATE || this == ONE_WAY || this == DELAY || this == DROP;
    }

    /** Can be done to any cluster of processes that speaks Kafka's protocol. */
    public boolean ofProcesses() {
        return this == KILL
                || this == KILL_CONTROLLER
                || this == KILL_ALL
                || this == RESTART
                || this == PAUSE
                || this == ELECT;
    }

    /** Takes place while nothing else is broken, or data could be lost that no system could keep. */
    boolean alone() {
        return this == WIPE || this == DISK;
    }

    /**
     * Reads names separated by commas; {@code all} is all of them, a minus in front takes one away.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static Set<Fault> parse(String names) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        String[] each = names.split(",", -1);
        if (each[0].startsWith("-")) {
            faults = EnumSet.allOf(Fault.class);
        }
        for (String name : each) {
            if (name.equals("all")) {
                faults = EnumSet.allOf(Fault.class);
            } else if (name.startsWith("-")) {
                faults.remove(named(name.substring(1)));
            } else if (!name.equals("none")) {
                faults.add(named(name));
            }
        }
        return faults;
    }

    /** The inverse of {@link #parse}. */
    public static String text(Set<Fault> faults) {
        if (faults.isEmpty()) {
            return "none";
        }
        return EnumSet.copyOf(faults).equals(EnumSet.allOf(Fault.class))
                ? "all"
                : faults.stream().sorted().map(Fault::text).collect(Collectors.joining(","));
    }

    private static Fault named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fault '" + name + "'; there are "
                        + Arrays.stream(values()).map(Fault::text).collect(Collectors.joining(", "))));
    }
}
