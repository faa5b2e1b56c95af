package io.braid.client.consumer;

import java.util.Arrays;

/**
 * Sets of ints as ascending bounds: from, to (not in it), from, to ...; no range is empty, none touches the next. Stateless.
 */
final class Ranges {
    static final int[] NONE = {};

    private Ranges() {}

    /** What is in the result of two sets. */
    enum Rule {
        UNION,
        MINUS,
        INTERSECT;

        boolean holds(boolean inFirst, boolean inSecond) {
            return switch (this) {
                case UNION -> inFirst || inSecond;
                case MINUS -> inFirst && !inSecond;
                case INTERSECT -> inFirst && inSecond;
            };
        }
    }

    static long count(int[] bounds) {
        long count = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            count += bounds[i + 1] - bounds[i];
        }
        return count;
    }

    static boolean contains(int[] bounds, int value) {
        int at = Arrays.binarySearch(bounds, value);
        return at >= 0 ? at % 2 == 0 : (-at - 1) % 2 == 1;
    }

    /** Walks both from bound to bound. */
    static int[] combine(int[] first, int[] second, Rule rule) {
        int[] result = new int[first.length + second.length];
        int used = 0;
        int i = 0;
        int j = 0;
        boolean in = false;
        while (i < first.length || j < second.length) {
            int at = Math.min(
                    i < first.length ? first[i] : Integer.MAX_VALUE, j < second.length ? second[j] : Integer.MAX_VALUE);
            if (i < first.length && first[i] == at) {
                i++;
            }
            if (j < second.length && second[j] == at) {
                j++;
            }
            boolean now = rule.holds(i % 2 == 1, j % 2 == 1);
            if (now != in) {
                result[used++] = at;
                in = now;
            }
        }
        return Arrays.copyOf(result, used);
    }

    /** {@code [0-2 5]}. */
    static String toString(int[] bounds) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < bounds.length; i += 2) {
            text.append(i == 0 ? "" : " ").append(bounds[i]);
            if (bounds[i + 1] - bounds[i] > 1) {
                text.append('-').append(bounds[i + 1] - 1);
            }
        }
        return text.append(']').toString();
    }
}
