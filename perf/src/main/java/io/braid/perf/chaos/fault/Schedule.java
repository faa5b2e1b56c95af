package io.braid.perf.chaos.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which fault when, from a seed: the same seed gives the same schedule on every machine. Faults come in bouts of one or
 * two, of which the second begins while the first lasts; between bouts the cluster has one to seven seconds, mostly less
 * than it needs to become whole. Immutable.
 *
 * @param steps by time
 * @param lengthMs until the end; every fault has ended by then
 */
public record Schedule(List<Step> steps, long lengthMs) {
    private static final int FIRST_MS = 4_000;
    private static final int LEAST_GAP_MS = 1_000;
    private static final int MOST_GAP_MS = 7_000;
    private static final double TWO_AT_ONCE = 0.35;

    public Schedule {
        steps = List.copyOf(steps);
    }

    /**
     * Draws a schedule.
     *
     * @param nodes at least 1; faults between two nodes need 2
     */
    public static Schedule of(long seed, int nodes, long lengthMs, Set<Fault> faults) {
        List<Fault> chosen = faults.stream()
                .filter(f -> nodes > 1 || !f.ofTheNetwork())
                .sorted()
                .collect(Collectors.toList());
        List<Step> steps = new ArrayList<>();
        if (chosen.isEmpty()) {
            return new Schedule(steps, lengthMs);
        }
        Random random = new Random(seed);
        long atMs = FIRST_MS;
        while (true) {
            Step first = step(random, chosen, nodes, atMs);
            long endMs = first.endMs();
            List<Step> bout = new ArrayList<>(List.of(first));
            if (random.nextDouble() < TWO_AT_ONCE && !first.fault().alone()) {
                Step second = step(random, chosen, nodes, atMs + random.nextInt((int) Math.max(1, first.durationMs())));
                if (!second.fault().alone()) {
                    bout.add(second);
                    endMs = Math.max(endMs, second.endMs());
                }
            }
            if (endMs > lengthMs) {
                return new Schedule(steps, lengthMs);
            }
            steps.addAll(bout);
            atMs = endMs + LEAST_GAP_MS + random.nextInt(MOST_GAP_MS - LEAST_GAP_MS);
        }
    }

    private static Step step(Random random, List<Fault> faults, int nodes, long atMs) {
        Fault fault = weighted(random, faults);
        int node = 1 + random.nextInt(nodes);
        int other = nodes == 1 ? node : 1 + (node + random.nextInt(nodes - 1)) % nodes;
        // Short times are as telling as long ones: a session or an election that just does not run out.
        double share = random.nextDouble();
        long durationMs = fault.leastMs() + (long) (share * share * (fault.mostMs() - fault.leastMs()));
        return new Step(atMs, durationMs, fault, node, other, random.nextInt(Integer.MAX_VALUE));
    }

    private static Fault weighted(Random random, List<Fault> faults) {
        int at = random.nextInt(faults.stream().mapToInt(Fault::weight).sum());
        for (Fault fault : faults) {
            at -= fault.weight();
            if (at < 0) {
                return fault;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }
}
