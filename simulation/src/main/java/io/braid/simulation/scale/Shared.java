package io.braid.simulation.scale;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Results of pure functions, made once for all machines that would make the same: a thousand brokers that go from one
 * version to another by the same bytes come to equal images, of which one is kept. With sharing off each makes its own.
 *
 * @param <K> all that the result depends on
 */
final class Shared<K, V> {
    private final boolean sharing;
    private final Map<K, V> known = new HashMap<>();

    Shared(boolean sharing) {
        this.sharing = sharing;
    }

    V get(K key, Supplier<V> make) {
        if (!sharing) {
            return make.get();
        }
        V value = known.get(key);
        if (value == null) {
            value = make.get();
            known.put(key, value);
        }
        return value;
    }
}
