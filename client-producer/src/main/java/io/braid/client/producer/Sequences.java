package io.braid.client.producer;

import java.util.Arrays;

/**
 * The next sequence number of each partition of a topic, for the producer's present id and epoch: 4 bytes a partition, in pages
 * that come with the first record. Guarded by the producer's lock.
 */
final class Sequences {
    private static final int PAGE = 1024;

    private int[][] pages = new int[0][];

    int get(int partition) {
        int page = partition / PAGE;
        return page < pages.length && pages[page] != null ? pages[page][partition % PAGE] : 0;
    }

    void set(int partition, int sequence) {
        int page = partition / PAGE;
        if (page >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(page + 1, Math.min(pages.length * 2, Integer.MAX_VALUE / PAGE)));
        }
        if (pages[page] == null) {
            pages[page] = new int[PAGE];
        }
        pages[page][partition % PAGE] = sequence;
    }

    /** All partitions begin at 0 again, as they do in a new epoch. */
    void clear() {
        pages = new int[0][];
    }

    /** The sequence {@code by} places after another; they wrap from 2^31-1 to 0. */
    static int next(int sequence, int by) {
        return (int) ((sequence + (long) by) & Integer.MAX_VALUE);
    }

    /** Whether {@code a} comes before {@code b}, of sequences that are near each other. */
    static boolean before(int a, int b) {
        return a != b && ((b - a) & Integer.MAX_VALUE) < 1 << 30;
    }
}
