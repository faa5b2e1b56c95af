package io.braid.broker.group.consumer;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;

/**
 * Partitions of several topics: what a member owns or is to own. Sorted by topic id, ranges within a topic, so that
 * set operations cost topics and ranges. Holds no topic without partitions. Immutable.
 */
@SuppressWarnings("ReferenceEquality") // the same object is a short cut
public final class PartitionSet {

    public static final PartitionSet EMPTY = new PartitionSet(new Uuid[0], new PartitionRanges[0]);

    private final Uuid[] topics;
    private final PartitionRanges[] ranges;

    private PartitionSet(Uuid[] topics, PartitionRanges[] ranges) {
        this.topics = topics;
        this.ranges = ranges;
    }

    public static PartitionSet of(Uuid topic, PartitionRanges ranges) {
        return ranges.isEmpty() ? EMPTY : new PartitionSet(new Uuid[] {topic}, new PartitionRanges[] {ranges});
    }

    /** Topics without partitions are left out. */
    public static PartitionSet of(Map<Uuid, PartitionRanges> byTopic) {
        Builder builder = new Builder(byTopic.size());
        new TreeMap<>(byTopic).forEach(builder::add);
        return builder.build();
    }

    public boolean isEmpty() {
        return topics.length == 0;
    }

    public int topicCount() {
        return topics.length;
    }

    /** Partitions over all topics. */
    public int size() {
        int size = 0;
        for (PartitionRanges r : ranges) {
            size += r.size();
        }
        return size;
    }

    /** Ranges over all topics: what the set costs. */
    public int rangeCount() {
        int count = 0;
        for (PartitionRanges r : ranges) {
            count += r.rangeCount();
        }
        return count;
    }

    /** The partitions of a topic; empty if it has none here. */
    public PartitionRanges get(Uuid topic) {
        int at = Arrays.binarySearch(topics, topic);
        return at < 0 ? PartitionRanges.EMPTY : ranges[at];
    }

    public boolean contains(Uuid topic, int partition) {
        return get(topic).contains(partition);
    }

    public boolean containsAll(PartitionSet other) {
        return other == this || other.minus(this).isEmpty();
    }

    public boolean intersects(PartitionSet other) {
        for (int i = 0, j = 0; i < topics.length && j < other.topics.length; ) {
            int order = topics[i].compareTo(other.topics[j]);
            if (order == 0 && ranges[i].intersects(other.ranges[j])) {
                return true;
            }
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return false;
    }

    /** What is in both. */
    public PartitionSet intersect(PartitionSet other) {
        return other == this ? this : merge(other, false, false, PartitionRanges::intersect);
    }

    /** What is here and not in {@code other}. */
    public PartitionSet minus(PartitionSet other) {
        return other.isEmpty() ? this : merge(other, true, false, PartitionRanges::minus);
    }

    /** What is in either. */
    public PartitionSet plus(PartitionSet other) {
        if (isEmpty() || other == this) {
            return other;
        }
        return other.isEmpty() ? this : merge(other, true, true, PartitionRanges::plus);
    }

    /** Only the topics that pass. */
    public PartitionSet ofTopics(Predicate<Uuid> wanted) {
        Builder builder = new Builder(topics.length);
        for (int i = 0; i < topics.length; i++) {
            if (wanted.test(topics[i])) {
                builder.add(topics[i], ranges[i]);
            }
        }
        return builder.size == topics.length ? this : builder.build();
    }

    /** The first {@code count} partitions by topic and number, or all if there are fewer. */
    public PartitionSet lowest(int count) {
        int rest = count;
        Builder builder = new Builder(topics.length);
        for (int i = 0; i < topics.length && rest > 0; i++) {
            PartitionRanges taken = ranges[i].lowest(rest);
            builder.add(topics[i], taken);
            rest -= taken.size();
        }
        return builder.build();
    }

    /** Calls back for every topic, ascending by id. */
    public void forEach(BiConsumer<Uuid, PartitionRanges> action) {
        for (int i = 0; i < topics.length; i++) {
            action.accept(topics[i], ranges[i]);
        }
    }

    /** The ids, ascending. */
    public Collection<Uuid> topics() {
        return Arrays.asList(topics.clone());
    }

    private PartitionSet merge(
            PartitionSet other, boolean keepMine, boolean keepOthers, BinaryOperator<PartitionRanges> common) {
        Builder builder = new Builder(keepOthers ? topics.length + other.topics.length : topics.length);
        boolean same = true;
        int i = 0;
        int j = 0;
        while (i < topics.length || j < other.topics.length) {
            int order = i == topics.length ? 1 : j == other.topics.length ? -1 : topics[i].compareTo(other.topics[j]);
            if (order < 0) {
                same &= keepMine;
                if (keepMine) {
                    builder.add(topics[i], ranges[i]);
                }
                i++;
            } else if (order > 0) {
                same &= !keepOthers;
                if (keepOthers) {
                    builder.add(other.topics[j], other.ranges[j]);
                }
                j++;
            } else {
                PartitionRanges merged = common.apply(ranges[i], other.ranges[j]);
                same &= merged.equals(ranges[i]);
                builder.add(topics[i], merged);
                i++;
                j++;
            }
        }
        return same ? this : builder.build();
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof PartitionSet that
                        && Arrays.equals(topics, that.topics)
                        && Arrays.equals(ranges, that.ranges));
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(topics) + Arrays.hashCode(ranges);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        forEach((topic, r) -> text.append(text.length() == 1 ? "" : " ")
                .append(topic)
                .append(':')
                .append(r));
        return text.append('}').toString();
    }

    /** Puts a set together from topics in ascending order of their ids. */
    public static final class Builder {
        private Uuid[] topics;
        private PartitionRanges[] ranges;
        private int size;

        public Builder(int expectedTopics) {
            topics = new Uuid[Math.max(1, expectedTopics)];
            ranges = new PartitionRanges[topics.length];
        }

        /**
         * Adds a topic; one without partitions is left out.
         *
         * @throws IllegalArgumentException if the topic is not greater than the one before
         */
        public Builder add(Uuid topic, PartitionRanges partitions) {
            if (partitions.isEmpty()) {
                return this;
            }
            if (size > 0 && topics[size - 1].compareTo(topic) >= 0) {
                throw new IllegalArgumentException("topic=" + topic + " after=" + topics[size - 1]);
            }
            if (size == topics.length) {
                topics = Arrays.copyOf(topics, 2 * size);
                ranges = Arrays.copyOf(ranges, 2 * size);
            }
            topics[size] = topic;
            ranges[size++] = partitions;
            return this;
        }

        public PartitionSet build() {
            return size == 0 ? EMPTY : new PartitionSet(Arrays.copyOf(topics, size), Arrays.copyOf(ranges, size));
        }
    }
}
