package io.braid.broker.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/**
 * Finds the keys with the largest sums among any number of them, in bounded memory: the Space-Saving algorithm (Metwally,
 * Agrawal, El Abbadi 2005). A key whose sum is more than the total divided by the capacity is surely kept. Confined to one
 * thread.
 */
final class HeavyHitters<K> {

    /** What was counted for a key: at least {@code sum - surplus}, at most {@code sum}. */
    private static final class Count {
        long sum;
        long surplus;
    }

    private final int capacity;
    private final Map<K, Count> counts;

    /** @param capacity keys that are kept */
    HeavyHitters(int capacity) {
        this.capacity = capacity;
        this.counts = new HashMap<>(capacity * 2);
    }

    /** Adds to a key's sum. Constant time for a key that is kept, else proportional to the capacity. */
    void add(K key, long amount) {
        Count count = counts.get(key);
        if (count == null) {
            count = counts.size() < capacity ? new Count() : replaced();
            counts.put(key, count);
        }
        count.sum += amount;
    }

    /** The new key may have been counted before and forgotten since: no more than what the smallest one has. */
    private Count replaced() {
        K smallest = null;
        long least = Long.MAX_VALUE;
        for (Map.Entry<K, Count> entry : counts.entrySet()) {
            if (entry.getValue().sum < least) {
                least = entry.getValue().sum;
                smallest = entry.getKey();
            }
        }
        Count count = counts.remove(smallest);
        count.surplus = count.sum;
        return count;
    }

    /** Hands over what each key surely has, and begins anew. */
    void drain(ObjLongConsumer<K> to) {
        counts.forEach((key, count) -> {
            if (count.sum > count.surplus) {
                to.accept(key, count.sum - count.surplus);
            }
        });
        counts.clear();
    }
}
