package io.braid.broker.group.consumer;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A set of partition numbers of one topic, as sorted ranges that neither touch nor overlap: {@code 0-99, 150} costs 16
 * bytes whatever the number of partitions. Set operations cost the number of ranges, never that of partitions.
 * Immutable.
 */
@SuppressWarnings("ReferenceEquality") // the same object is a short cut
public final class PartitionRanges {

    public static final PartitionRanges EMPTY = new PartitionRanges(new int[0]);

    /** first, end, first, end, ...: the first of a range and the number after its last. */
    private final int[] bounds;

    private PartitionRanges(int[] bounds) {
        this.bounds = bounds;
    }

    /** Partitions from {@code first} to {@code end}, without {@code end}. */
    public static PartitionRanges of(int first, int end) {
        if (first < 0 || end < first) {
            throw new IllegalArgumentException("first=" + first + " end=" + end);
        }
        return first == end ? EMPTY : new PartitionRanges(new int[] {first, end});
    }

    /**
     * Numbers in any order; a number may come more than once.
     *
     * @throws IllegalArgumentException if one is negative or has no successor
     */
    public static PartitionRanges ofPartitions(int... partitions) {
        int[] sorted = partitions.clone();
        Arrays.sort(sorted);
        Builder builder = new Builder();
        for (int partition : sorted) {
            builder.add(partition, partition + 1);
        }
        return builder.build();
    }

    public boolean isEmpty() {
        return bounds.length == 0;
    }

    /** Partitions in the set. */
    public int size() {
        int size = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            size += bounds[i + 1] - bounds[i];
        }
        return size;
    }

    public int rangeCount() {
        return bounds.length / 2;
    }

    /** The first partition of range {@code index}, counted from 0. */
    public int first(int index) {
        return bounds[2 * index];
    }

    /** The number after the last partition of range {@code index}. */
    public int end(int index) {
        return bounds[2 * index + 1];
    }

    public boolean contains(int partition) {
        int at = Arrays.binarySearch(bounds, partition);
        // A range's first is in the set and its end is not; between bounds the insertion point tells on which side.
        return at >= 0 ? (at & 1) == 0 : ((-at - 1) & 1) == 1;
    }

    public boolean containsAll(PartitionRanges other) {
        return other == this || other.minus(this).isEmpty();
    }

    public boolean intersects(PartitionRanges other) {
        for (int i = 0, j = 0; i < bounds.length && j < other.bounds.length; ) {
            if (bounds[i + 1] <= other.bounds[j]) {
                i += 2;
            } else if (other.bounds[j + 1] <= bounds[i]) {
                j += 2;
            } else {
                return true;
            }
        }
        return false;
    }

    /** What is in both. */
    public PartitionRanges intersect(PartitionRanges other) {
        if (other == this) {
            return this;
        }
        Builder builder = new Builder();
        for (int i = 0, j = 0; i < bounds.length && j < other.bounds.length; ) {
            int first = Math.max(bounds[i], other.bounds[j]);
            int end = Math.min(bounds[i + 1], other.bounds[j + 1]);
            if (first < end) {
                builder.add(first, end);
            }
            if (bounds[i + 1] < other.bounds[j + 1]) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return builder.buildOr(this);
    }

    /** What is here and not in {@code other}. */
    public PartitionRanges minus(PartitionRanges other) {
        if (other.isEmpty()) {
            return this;
        }
        Builder builder = new Builder();
        int j = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            int first = bounds[i];
            int end = bounds[i + 1];
            while (j < other.bounds.length && other.bounds[j + 1] <= first) {
                j += 2;
            }
            for (int k = j; first < end; k += 2) {
                if (k >= other.bounds.length || other.bounds[k] >= end) {
                    builder.add(first, end);
                    break;
                }
                if (other.bounds[k] > first) {
                    builder.add(first, other.bounds[k]);
                }
                first = other.bounds[k + 1];
            }
        }
        return builder.buildOr(this);
    }

    /** What is in either. */
    public PartitionRanges plus(PartitionRanges other) {
        if (isEmpty() || other == this) {
            return other;
        }
        if (other.isEmpty()) {
            return this;
        }
        Builder builder = new Builder();
        int i = 0;
        int j = 0;
        while (i < bounds.length || j < other.bounds.length) {
            if (j >= other.bounds.length || (i < bounds.length && bounds[i] <= other.bounds[j])) {
                builder.add(bounds[i], bounds[i + 1]);
                i += 2;
            } else {
                builder.add(other.bounds[j], other.bounds[j + 1]);
                j += 2;
            }
        }
        return builder.buildOr(this);
    }

    /** The lowest {@code count} partitions, or all if there are fewer. */
    public PartitionRanges lowest(int count) {
        int rest = count;
        Builder builder = new Builder();
        for (int i = 0; i < bounds.length && rest > 0; i += 2) {
            int taken = Math.min(rest, bounds[i + 1] - bounds[i]);
            builder.add(bounds[i], bounds[i] + taken);
            rest -= taken;
        }
        return builder.buildOr(this);
    }

    /** Calls back for every partition, ascending. */
    public void forEach(IntConsumer action) {
        for (int i = 0; i < bounds.length; i += 2) {
            for (int p = bounds[i]; p < bounds[i + 1]; p++) {
                action.accept(p);
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PartitionRanges that && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    /** As in {@code 0-99,150}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bounds.length; i += 2) {
            text.append(i == 0 ? "" : ",").append(bounds[i]);
            if (bounds[i + 1] > bounds[i] + 1) {
                text.append('-').append(bounds[i + 1] - 1);
            }
        }
        return text.toString();
    }

    /** Puts ranges together that come in ascending order of their first; they may touch and overlap. */
    public static final class Builder {
        private int[] bounds = new int[4];
        private int size;

        /**
         * Adds a range.
         *
         * @throws IllegalArgumentException if it is empty, negative or out of order
         */
        public Builder add(int first, int end) {
            if (first < 0 || end <= first || (size > 0 && first < bounds[size - 2])) {
                throw new IllegalArgumentException("first=" + first + " end=" + end);
            }
            if (size > 0 && first <= bounds[size - 1]) {
                bounds[size - 1] = Math.max(bounds[size - 1], end);
                return this;
            }
            if (size == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * size);
            }
            bounds[size++] = first;
            bounds[size++] = end;
            return this;
        }

        public PartitionRanges build() {
            return size == 0 ? EMPTY : new PartitionRanges(Arrays.copyOf(bounds, size));
        }

        /** The set {@code same} if that is what was built, so that an unchanged set stays one object. */
        private PartitionRanges buildOr(PartitionRanges same) {
            return size == same.bounds.length && Arrays.equals(bounds, 0, size, same.bounds, 0, size) ? same : build();
        }
    }
}
