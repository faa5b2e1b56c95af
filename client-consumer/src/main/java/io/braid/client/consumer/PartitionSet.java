package io.braid.client.consumer;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Partitions of topics, as ranges of their numbers: a million neighbours take the 8 bytes of one range, and a set takes 8
 * bytes for each gap in it. Immutable.
 *
 * <p>A topic is its name and its id, which is {@link Uuid#ZERO_UUID} where it is not known. Topics of one name with different
 * ids are different ones: a topic that was deleted and made again is not what it was.
 */
public final class PartitionSet {
    public static final PartitionSet EMPTY = new PartitionSet(new TreeMap<>());

    private static final Uuid LEAST_ID = new Uuid(Long.MIN_VALUE, Long.MIN_VALUE);

    private final NavigableMap<Topic, int[]>
            ranges; // from, to (not in it), from, to ...: ascending, none empty, none touching
    private final int size;

    /** A topic of the set. */
    public record Topic(String name, Uuid id) implements Comparable<Topic> {
        public Topic {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(id, "id");
        }

        @Override
        public int compareTo(Topic other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : id.compareTo(other.id);
        }
    }

    /** Sees neighbouring partitions. */
    @FunctionalInterface
    public interface RangeVisitor {
        /**
         * One range.
         *
         * @param to the first partition behind it
         */
        void visit(Topic topic, int from, int to);
    }

    private PartitionSet(NavigableMap<Topic, int[]> ranges) {
        this.ranges = ranges;
        long count = 0;
        for (int[] bounds : ranges.values()) {
            count += Ranges.count(bounds);
        }
        this.size = Math.toIntExact(count);
    }

    /** A set by names only. */
    public static PartitionSet of(TopicPartition... partitions) {
        return of(Arrays.asList(partitions));
    }

    /** A set by names only. */
    public static PartitionSet of(Collection<TopicPartition> partitions) {
        Builder builder = builder();
        for (TopicPartition partition : partitions) {
            builder.add(partition.topic(), Uuid.ZERO_UUID, partition.partition());
        }
        return builder.build();
    }

    /**
     * Neighbouring partitions of one topic.
     *
     * @param to the first partition behind the range
     */
    public static PartitionSet range(String topic, Uuid id, int from, int to) {
        return builder().add(topic, id, from, to).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    // ---- what is in it

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The topics that have partitions here, in the order of their names. */
    public Set<Topic> topics() {
        return Collections.unmodifiableSet(ranges.keySet());
    }

    /** The names of those topics. */
    public Set<String> topicNames() {
        Set<String> names = new LinkedHashSet<>();
        ranges.keySet().forEach(topic -> names.add(topic.name()));
        return names;
    }

    /** Partitions of a topic in ascending order; none for one that is not in the set. */
    public IntStream partitions(Topic topic) {
        int[] bounds = ranges.getOrDefault(topic, Ranges.NONE);
        return IntStream.range(0, bounds.length / 2).flatMap(i -> IntStream.range(bounds[2 * i], bounds[2 * i + 1]));
    }

    public boolean contains(Topic topic, int partition) {
        return Ranges.contains(ranges.getOrDefault(topic, Ranges.NONE), partition);
    }

    /** Whether a topic of this name, whatever its id, has the partition here. */
    public boolean contains(String topic, int partition) {
        return ranges.tailMap(new Topic(topic, LEAST_ID), true).entrySet().stream()
                .takeWhile(entry -> entry.getKey().name().equals(topic))
                .anyMatch(entry -> Ranges.contains(entry.getValue(), partition));
    }

    /** Visits topics in their order, and the ranges of each in ascending order. */
    public void forEachRange(RangeVisitor visitor) {
        ranges.forEach((topic, bounds) -> {
            for (int i = 0; i < bounds.length; i += 2) {
                visitor.visit(topic, bounds[i], bounds[i + 1]);
            }
        });
    }

    /** Every partition by name, in order: as large as the set is. */
    public Set<TopicPartition> toTopicPartitions() {
        Set<TopicPartition> all = new LinkedHashSet<>();
        forEachRange((topic, from, to) -> {
            for (int partition = from; partition < to; partition++) {
                all.add(new TopicPartition(topic.name(), partition));
            }
        });
        return all;
    }

    // ---- sets from sets

    public PartitionSet union(PartitionSet other) {
        return combine(other, Ranges.Rule.UNION);
    }

    /** What is here and not there. */
    public PartitionSet minus(PartitionSet other) {
        return combine(other, Ranges.Rule.MINUS);
    }

    public PartitionSet intersect(PartitionSet other) {
        return combine(other, Ranges.Rule.INTERSECT);
    }

    private PartitionSet combine(PartitionSet other, Ranges.Rule rule) {
        TreeMap<Topic, int[]> result = new TreeMap<>();
        Set<Topic> all = new LinkedHashSet<>(ranges.keySet());
        all.addAll(other.ranges.keySet());
        for (Topic topic : all) {
            int[] bounds = Ranges.combine(
                    ranges.getOrDefault(topic, Ranges.NONE), other.ranges.getOrDefault(topic, Ranges.NONE), rule);
            if (bounds.length > 0) {
                result.put(topic, bounds);
            }
        }
        return new PartitionSet(result);
    }

    /** The same partitions by names only. */
    public PartitionSet withoutIds() {
        Builder builder = builder();
        forEachRange((topic, from, to) -> builder.add(topic.name(), Uuid.ZERO_UUID, from, to));
        return builder.build();
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof PartitionSet set) || set.size != size) {
            return false;
        }
        return ranges.keySet().equals(set.ranges.keySet())
                && ranges.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue(), set.ranges.get(entry.getKey())));
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Map.Entry<Topic, int[]> entry : ranges.entrySet()) {
            hash = 31 * hash + entry.getKey().hashCode() * 31 + Arrays.hashCode(entry.getValue());
        }
        return hash;
    }

    /** {@code orders[0-2 5] payments[0]}: a range is written with its last partition. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        ranges.forEach((topic, bounds) ->
                text.append(text.length() == 0 ? "" : " ").append(topic.name()).append(Ranges.toString(bounds)));
        return text.toString();
    }

    /** Collects partitions in any order; one that comes twice is in the set once. Not thread-safe. */
    public static final class Builder {
        private final TreeMap<Topic, IntRangeList> lists = new TreeMap<>();

        public Builder add(String topic, Uuid id, int partition) {
            return add(topic, id, partition, Math.addExact(partition, 1));
        }

        /**
         * Adds a range, which may be empty.
         *
         * @param to the first partition behind it
         * @throws IllegalArgumentException when it begins below 0 or ends before it begins
         */
        public Builder add(String topic, Uuid id, int from, int to) {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException("partitions " + from + " to " + to + " of " + topic);
            }
            if (from < to) {
                lists.computeIfAbsent(new Topic(topic, id), t -> new IntRangeList())
                        .add(from, to);
            }
            return this;
        }

        public Builder addAll(PartitionSet set) {
            set.forEachRange((topic, from, to) -> add(topic.name(), topic.id(), from, to));
            return this;
        }

        public PartitionSet build() {
            TreeMap<Topic, int[]> ranges = new TreeMap<>();
            lists.forEach((topic, list) -> ranges.put(topic, list.toBounds()));
            return new PartitionSet(ranges);
        }
    }

    /** Ranges in the order in which they came; neighbours that come one after the other are joined at once. */
    private static final class IntRangeList {
        private long[] ranges = new long[4]; // from in the upper half, to in the lower
        private int count;

        void add(int from, int to) {
            if (count > 0 && (int) ranges[count - 1] == from) {
                ranges[count - 1] = ranges[count - 1] >>> 32 << 32 | to;
                return;
            }
            if (count == ranges.length) {
                ranges = Arrays.copyOf(ranges, 2 * count);
            }
            ranges[count++] = (long) from << 32 | to;
        }

        int[] toBounds() {
            long[] sorted = Arrays.copyOf(ranges, count);
            Arrays.sort(sorted);
            int[] bounds = new int[2 * count];
            int used = 0;
            for (long range : sorted) {
                int from = (int) (range >>> 32);
                int to = (int) range;
                if (used > 0 && from <= bounds[used - 1]) {
                    bounds[used - 1] = Math.max(bounds[used - 1], to);
                } else {
                    bounds[used++] = from;
                    bounds[used++] = to;
                }
            }
            return Arrays.copyOf(bounds, used);
        }
    }
}
