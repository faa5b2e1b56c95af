package io.braid.client.consumer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * The partitions that are assigned, by the names and the ids of their topics. A topic is here while partitions of it are; an id
 * leads to one topic, and to none while it is not known. Owned as the {@link Fetcher} is.
 */
final class AssignedTopics {
    private final Map<String, AssignedTopic> byName = new HashMap<>();
    private final Map<Uuid, AssignedTopic> byId = new HashMap<>();
    private PartitionSet set = PartitionSet.EMPTY;

    /** What is assigned, by names. */
    PartitionSet set() {
        return set;
    }

    /** Takes note of partitions, which {@link #add} is to follow for; returns those that are new. */
    PartitionSet extend(PartitionSet added) {
        PartitionSet news = added.withoutIds().minus(set);
        set = set.union(news);
        return news;
    }

    AssignedPartition add(AssignedTopic topic, int number) {
        AssignedPartition partition = new AssignedPartition(topic, number);
        topic.partitions.put(number, partition);
        return partition;
    }

    /** Takes note that partitions go, which {@link #remove} is to follow for; returns those that were assigned. */
    List<AssignedPartition> reduce(PartitionSet removed) {
        PartitionSet gone = removed.withoutIds().intersect(set);
        set = set.minus(gone);
        return find(gone);
    }

    void remove(AssignedPartition partition) {
        partition.topic.partitions.remove(partition.partition);
        if (partition.topic.partitions.isEmpty()) {
            byName.remove(partition.topic.name);
            byId.remove(partition.topic.id);
        }
    }

    // ---- topics

    Collection<AssignedTopic> topics() {
        return byName.values();
    }

    /** The topic, which is made when there is none. */
    AssignedTopic use(String name) {
        return byName.computeIfAbsent(name, AssignedTopic::new);
    }

    /** Null when nothing of it is assigned. */
    AssignedTopic named(String name) {
        return byName.get(name);
    }

    /** Null when no topic is known by this id. */
    AssignedTopic identified(Uuid id) {
        return byId.get(id);
    }

    /** @param id zero when it is not known */
    void identify(AssignedTopic topic, Uuid id) {
        byId.remove(topic.id);
        topic.id = id;
        if (!id.equals(Uuid.ZERO_UUID)) {
            byId.put(id, topic);
        }
    }

    /** Whether requests can name topics by ids. */
    boolean haveIds() {
        return byId.size() == byName.size();
    }

    // ---- partitions

    /** Those of the set that are assigned. */
    List<AssignedPartition> find(PartitionSet wanted) {
        List<AssignedPartition> found = new ArrayList<>();
        wanted.forEachRange((key, from, to) -> {
            AssignedTopic topic = byName.get(key.name());
            for (int number = from; topic != null && number < to; number++) {
                AssignedPartition partition = topic.partitions.get(number);
                if (partition != null) {
                    found.add(partition);
                }
            }
        });
        return found;
    }

    /**
     * The partition.
     *
     * @throws IllegalStateException when it is not assigned
     */
    AssignedPartition get(TopicPartition name) {
        AssignedTopic topic = byName.get(name.topic());
        AssignedPartition partition = topic == null ? null : topic.partitions.get(name.partition());
        if (partition == null) {
            throw new IllegalStateException(name + " is not assigned");
        }
        return partition;
    }

    /** Whether it is assigned still, and not another one of the same name. */
    boolean contains(AssignedPartition partition) {
        AssignedTopic topic = byName.get(partition.topic.name);
        return topic != null && partition.equals(topic.partitions.get(partition.partition));
    }
}
