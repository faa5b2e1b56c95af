package io.braid.log.index;

import java.util.Arrays;

/** Stable merge sort of row numbers, without a boxed object for each. */
final class RowSort {
    /** Orders two rows. */
    interface Order {
        int compare(int row, int other);
    }

    private static final int INSERTION = 16;

    private RowSort() {}

    static void sort(int[] rows, Order order) {
        sort(rows, Arrays.copyOf(rows, rows.length), 0, rows.length, order);
    }

    /** Sorts {@code into} from {@code low} to {@code high}; {@code from} holds the same rows there. */
    private static void sort(int[] into, int[] from, int low, int high, Order order) {
        if (high - low <= INSERTION) {
            insertionSort(into, low, high, order);
            return;
        }
        int middle = (low + high) >>> 1;
        sort(from, into, low, middle, order);
        sort(from, into, middle, high, order);
        int left = low;
        int right = middle;
        for (int at = low; at < high; at++) {
            boolean takeLeft = right == high || (left < middle && order.compare(from[left], from[right]) <= 0);
            into[at] = takeLeft ? from[left++] : from[right++];
        }
    }

    private static void insertionSort(int[] rows, int low, int high, Order order) {
        for (int i = low + 1; i < high; i++) {
            int row = rows[i];
            int at = i;
            while (at > low && order.compare(rows[at - 1], row) > 0) {
                rows[at] = rows[at - 1];
                at--;
            }
            rows[at] = row;
        }
    }
}
