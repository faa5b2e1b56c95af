package io.braid.perf.chaos.fault;

/**
 * One fault in a schedule.
 *
 * @param atMs after the load has begun
 * @param durationMs until it is mended
 * @param node to which it is done; where the fault itself says which, not looked at
 * @param other the second node of a fault of the network; never the same
 * @param chance a number for what else the fault has to choose
 */
public record Step(long atMs, long durationMs, Fault fault, int node, int other, int chance) {
    long endMs() {
        return atMs + durationMs;
    }

    @Override
    public String toString() {
        return String.format(
                "%7.1f s  %-16s node %d%s for %.1f s",
                atMs / 1000.0,
                fault.text(),
                node,
                fault.ofTheNetwork() && fault != Fault.ISOLATE ? " and " + other : "",
                durationMs / 1000.0);
    }
}
