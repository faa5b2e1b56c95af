package io.braid.image;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** An immutable map of config keys to values, iterated in the order of the keys. Compact: one array. */
public final class Configs extends AbstractMap<String, String> {
    public static final Configs EMPTY = new Configs(new String[0]);

    /** Key, value, key, value ..., sorted by key. */
    private final String[] pairs;

    private Configs(String[] pairs) {
        this.pairs = pairs;
    }

    /** A copy; keys and values must not be null. */
    public static Configs of(Map<String, String> from) {
        if (from instanceof Configs configs) {
            return configs;
        }
        if (from.isEmpty()) {
            return EMPTY;
        }
        String[] pairs = new String[2 * from.size()];
        int i = 0;
        for (Map.Entry<String, String> entry : new TreeMap<>(from).entrySet()) {
            pairs[i++] = Objects.requireNonNull(entry.getKey());
            pairs[i++] = Objects.requireNonNull(entry.getValue());
        }
        return new Configs(pairs);
    }

    @Override
    public String get(Object key) {
        int i = indexOf(key);
        return i < 0 ? null : pairs[i + 1];
    }

    @Override
    public boolean containsKey(Object key) {
        return indexOf(key) >= 0;
    }

    @Override
    public int size() {
        return pairs.length / 2;
    }

    private int indexOf(Object key) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(key)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Configs configs ? Arrays.equals(pairs, configs.pairs) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return pairs.length / 2;
            }

            @Override
            public Iterator<Map.Entry<String, String>> iterator() {
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < pairs.length;
                    }

                    @Override
                    public Map.Entry<String, String> next() {
                        if (next >= pairs.length) {
                            throw new NoSuchElementException();
                        }
                        next += 2;
                        return Map.entry(pairs[next - 2], pairs[next - 1]);
                    }
                };
            }
        };
    }
}
