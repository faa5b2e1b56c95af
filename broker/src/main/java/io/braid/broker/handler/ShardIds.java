package io.braid.broker.handler;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Ids of shards, each once, in four bytes each. Immutable. */
public final class ShardIds {
    static final ShardIds NONE = new ShardIds(new int[0]);

    private final int[] sorted;

    private ShardIds(int[] sorted) {
        this.sorted = sorted;
    }

    static ShardIds of(IntStream ids) {
        return new ShardIds(ids.sorted().distinct().toArray());
    }

    int size() {
        return sorted.length;
    }

    boolean isEmpty() {
        return sorted.length == 0;
    }

    boolean contains(int id) {
        return Arrays.binarySearch(sorted, id) >= 0;
    }

    /** In order. */
    IntStream stream() {
        return Arrays.stream(sorted);
    }
}
