package io.braid.controller.balance;

import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes plans. Replicas go from brokers above the average to brokers below it, the largest first that neither takes the one
 * below it nor the other above it; so what is copied is what the difference demands. Only where no replica is small enough,
 * one may overshoot, if that makes the largest load smaller. Leadership is evened out by the order of replicas, for which
 * nothing is copied. Racks are kept apart as they are. Deterministic.
 */
public final class Balancer {
    private final Layout layout;
    private final Goal goal;
    private final double tolerance;
    private final Map<Integer, Double> weights = new HashMap<>();
    private double average;

    private Balancer(Layout layout, Goal goal, double tolerance) {
        this.layout = layout;
        this.goal = goal;
        this.tolerance = tolerance;
    }

    /**
     * A plan that makes running brokers that are not cordoned even; the others keep what they have.
     *
     * @param loads by shard id
     * @param tolerance part of the average that a broker may be off, such as 0.05
     */
    public static BalancePlan balance(ClusterImage image, Map<Integer, ShardLoad> loads, Goal goal, double tolerance) {
        Layout layout = new Layout(image, loads);
        Map<Integer, BrokerLoad> before = layout.brokerLoads();
        Balancer balancer = new Balancer(layout, goal, tolerance);
        long bound = 0;
        if (goal != Goal.LEADERS && layout.takers().size() > 1) {
            Map<Integer, List<Integer>> held = balancer.held();
            balancer.weigh();
            Map<Integer, Double> first = Map.copyOf(balancer.weights);
            balancer.even();
            bound = balancer.lowerBound(first, held);
        }
        new LeaderSpread(layout).even();
        return plan(layout, before, bound, List.of());
    }

    /** A plan that takes every shard off a broker. */
    public static BalancePlan drain(ClusterImage image, Map<Integer, ShardLoad> loads, int brokerId) {
        Layout layout = new Layout(image, loads);
        Map<Integer, BrokerLoad> before = layout.brokerLoads();
        Balancer balancer = new Balancer(layout, Goal.BYTES, 0);
        balancer.weigh();
        List<String> stuck = new ArrayList<>();
        long bound = 0;
        List<Integer> shards = new ArrayList<>(layout.shards());
        shards.removeIf(shard -> !layout.on(shard, brokerId));
        shards.sort(
                Comparator.comparingLong((Integer shard) -> -layout.load(shard).bytes()));
        for (int shard : shards) {
            if (!layout.movable(shard)) {
                stuck.add("shard " + shard + " is being moved: try again when that is done");
            } else if (balancer.leave(shard, brokerId)) {
                bound += layout.load(shard).bytes();
            } else {
                stuck.add("shard " + shard + " has no other broker to go to: replicas " + layout.replicas(shard));
            }
        }
        return plan(layout, before, bound, stuck);
    }

    private static BalancePlan plan(Layout layout, Map<Integer, BrokerLoad> before, long bound, List<String> stuck) {
        return new BalancePlan(layout.moves(), layout.bytesToMove(), bound, before, layout.brokerLoads(), stuck);
    }

    /** To the broker with the least that keeps the racks apart best; false if there is none. */
    private boolean leave(int shard, int from) {
        int best = -1;
        for (int to : layout.takers()) {
            if (to == from || layout.on(shard, to)) {
                continue;
            }
            int more = best < 0 ? 1 : layout.racks(shard, from, to) - layout.racks(shard, from, best);
            if (more > 0 || (more == 0 && weights.get(to) < weights.get(best))) {
                best = to;
            }
        }
        if (best >= 0) {
            double weight = goal.weight(layout.load(shard));
            layout.move(shard, from, best);
            weights.merge(best, weight, Double::sum);
        }
        return best >= 0;
    }

    // ---- making even

    private void weigh() {
        layout.takers().forEach(broker -> weights.put(broker, 0.0));
        for (int shard : layout.shards()) {
            double weight = goal.weight(layout.load(shard));
            for (int broker : layout.replicas(shard)) {
                weights.computeIfPresent(broker, (id, sum) -> sum + weight);
            }
        }
        average = weights.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }

    private void even() {
        while (moveOne(false) || moveOne(true)) {
            // one replica at a time, the best first
        }
    }

    /** Moves the replica that helps most; false when there is none, or all is even enough. */
    private boolean moveOne(boolean overshoot) {
        List<Integer> byWeight = new ArrayList<>(layout.takers());
        byWeight.sort(
                Comparator.comparingDouble((Integer id) -> -weights.get(id)).thenComparingInt(id -> id));
        double heaviest = weights.get(byWeight.get(0));
        double lightest = weights.get(byWeight.get(byWeight.size() - 1));
        if (heaviest <= average * (1 + tolerance) && lightest >= average * (1 - tolerance)) {
            return false;
        }
        for (int from : byWeight) {
            if (weights.get(from) <= average || (overshoot && weights.get(from) < heaviest)) {
                return false;
            }
            int[] best = best(from, byWeight, overshoot);
            if (best != null) {
                double weight = goal.weight(layout.load(best[0]));
                layout.move(best[0], from, best[1]);
                weights.merge(from, -weight, Double::sum);
                weights.merge(best[1], weight, Double::sum);
                return true;
            }
        }
        return false;
    }

    /** Shard and broker to take it; null if none fits. */
    private int[] best(int from, List<Integer> byWeight, boolean overshoot) {
        double surplus = weights.get(from) - average;
        int[] best = null;
        double bestValue = 0;
        long bestBytes = 0;
        for (int shard : layout.shards()) {
            if (!layout.on(shard, from) || !layout.movable(shard)) {
                continue;
            }
            double weight = goal.weight(layout.load(shard));
            long bytes = layout.load(shard).bytes();
            for (int i = byWeight.size() - 1; i >= 0; i--) {
                int to = byWeight.get(i);
                double deficit = average - weights.get(to);
                double value;
                if (overshoot) {
                    // how much smaller the larger of the two becomes
                    value = weights.get(from) - Math.max(weights.get(from) - weight, weights.get(to) + weight);
                    value = value > average * 1e-6 ? value : 0;
                } else {
                    value = weight <= Math.min(surplus, deficit) * (1 + 1e-9) ? weight : 0;
                }
                boolean better = value > bestValue * (1 + 1e-9) || (value >= bestValue && bytes < bestBytes);
                if (value > 0 && better && layout.mayMove(shard, from, to)) {
                    best = new int[] {shard, to};
                    bestValue = value;
                    bestBytes = bytes;
                }
            }
        }
        return best;
    }

    // ---- the bound

    private Map<Integer, List<Integer>> held() {
        Map<Integer, List<Integer>> held = new HashMap<>();
        for (int shard : layout.shards()) {
            for (int broker : layout.replicas(shard)) {
                held.computeIfAbsent(broker, id -> new ArrayList<>()).add(shard);
            }
        }
        return held;
    }

    /**
     * What must be copied at least so that no broker has more than the heaviest has now: each gives away its surplus in the
     * replicas with the fewest bytes for their weight, and parts of a replica, as if that could be.
     */
    private long lowerBound(Map<Integer, Double> first, Map<Integer, List<Integer>> held) {
        double most =
                weights.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
        double least =
                weights.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double given = 0;
        double taken = 0;
        for (Map.Entry<Integer, Double> broker : first.entrySet()) {
            given += shed(held.getOrDefault(broker.getKey(), List.of()), broker.getValue() - most);
            taken += goal == Goal.BYTES ? Math.max(0, least - broker.getValue()) : 0;
        }
        return (long)
                Math.floor(Math.max(given, Math.max(0, taken - layout.shards().size())));
    }

    private double shed(List<Integer> shards, double surplus) {
        List<Integer> cheapest = new ArrayList<>(shards);
        cheapest.sort(
                Comparator.comparingDouble(shard -> layout.load(shard).bytes() / goal.weight(layout.load(shard))));
        double bytes = 0;
        double left = surplus;
        for (int shard : cheapest) {
            if (left <= 0) {
                break;
            }
            double weight = goal.weight(layout.load(shard));
            bytes += layout.load(shard).bytes() * Math.min(1, left / weight);
            left -= weight;
        }
        return bytes;
    }
}
