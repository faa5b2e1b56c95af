package io.braid.broker.group.consumer;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/** Ranges as the list of numbers that Kafka's messages want, without making it. Immutable. */
final class PartitionList extends AbstractList<Integer> {
    private final PartitionRanges ranges;
    private final int size;

    PartitionList(PartitionRanges ranges) {
        this.ranges = ranges;
        this.size = ranges.size();
    }

    @Override
    public Integer get(int index) {
        int rest = Objects.checkIndex(index, size);
        int range = 0;
        while (rest >= ranges.end(range) - ranges.first(range)) {
            rest -= ranges.end(range) - ranges.first(range);
            range++;
        }
        return ranges.first(range) + rest;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<Integer> iterator() {
        return new Iterator<>() {
            private int range;
            private int next = size == 0 ? 0 : ranges.first(0);

            @Override
            public boolean hasNext() {
                return range < ranges.rangeCount();
            }

            @Override
            public Integer next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int partition = next++;
                if (next == ranges.end(range) && ++range < ranges.rangeCount()) {
                    next = ranges.first(range);
                }
                return partition;
            }
        };
    }
}
