package io.braid.perf.profile;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up weights by name, and says who has most. Owned by one thread. */
final class Shares {
    private final Map<String, Sum> sums = new HashMap<>();
    private double total;

    private static final class Sum {
        double weight;
        long count;
        double most;
    }

    /**
     * A name's part.
     *
     * @param percent of all weights
     * @param count how often it was added
     * @param most the largest single weight
     */
    record Share(String name, double weight, double percent, long count, double most) {}

    void add(String name, double weight) {
        Sum sum = sums.computeIfAbsent(name, n -> new Sum());
        sum.weight += weight;
        sum.count++;
        sum.most = Math.max(sum.most, weight);
        total += weight;
    }

    double total() {
        return total;
    }

    /** The heaviest first; of equal ones, in the order of their names. */
    List<Share> top(int limit) {
        return sums.entrySet().stream()
                .map(entry -> share(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingDouble(Share::weight).reversed().thenComparing(Share::name))
                .limit(limit)
                .toList();
    }

    private Share share(String name, Sum sum) {
        return new Share(name, sum.weight, total == 0 ? 0 : 100 * sum.weight / total, sum.count, sum.most);
    }
}
