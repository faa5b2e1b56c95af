package io.braid.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HeavyHittersTest {

    private static <K> Map<K, Long> drained(HeavyHitters<K> hitters) {
        Map<K, Long> sums = new HashMap<>();
        hitters.drain(sums::put);
        return sums;
    }

    @Test
    void sumsAreExactWhileThereIsRoom() {
        HeavyHitters<String> hitters = new HeavyHitters<>(2);
        hitters.add("a", 3);
        hitters.add("b", 5);
        hitters.add("a", 4);

        assertThat(drained(hitters)).isEqualTo(Map.of("a", 7L, "b", 5L));
        assertThat(drained(hitters)).isEmpty();
    }

    @Test
    void keyThatTakesAnothersPlaceIsShownWithWhatItSurelyHas() {
        HeavyHitters<String> hitters = new HeavyHitters<>(2);
        hitters.add("a", 10);
        hitters.add("b", 4);
        hitters.add("c", 3);

        assertThat(drained(hitters)).isEqualTo(Map.of("a", 10L, "c", 3L));
    }

    @Property
    void heavyKeysAreKeptAndNoneIsOverstated(
            @ForAll @Size(max = 300) java.util.List<@IntRange(max = 20) Integer> keys,
            @ForAll @IntRange(min = 1, max = 10) int capacity) {
        HeavyHitters<Integer> hitters = new HeavyHitters<>(capacity);
        Map<Integer, Long> exact = new HashMap<>();
        for (int key : keys) {
            long amount = key % 3 + 1L;
            hitters.add(key, amount);
            exact.merge(key, amount, Long::sum);
        }
        long total = exact.values().stream().mapToLong(Long::longValue).sum();

        Map<Integer, Long> found = drained(hitters);

        assertThat(found).hasSizeLessThanOrEqualTo(capacity);
        found.forEach((key, sum) -> assertThat(sum).isBetween(1L, exact.get(key)));
        // A key with more than twice the largest error has something left once the error is taken off.
        exact.forEach((key, sum) -> {
            if (sum > 2 * total / capacity) {
                assertThat(found).containsKey(key);
            }
        });
    }
}
