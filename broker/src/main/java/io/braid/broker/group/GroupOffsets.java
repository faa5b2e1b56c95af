package io.braid.broker.group;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;
import org.apache.kafka.common.Uuid;

/**
 * The committed offsets of one group, by topic id and partition: a topic that is created anew under an old name starts
 * without any. Owned by the core's thread.
 */
final class GroupOffsets {
    private final Map<Uuid, Int2ObjectHashMap<CommittedOffset>> byTopic = new LinkedHashMap<>();

    /** Told of each offset. */
    @FunctionalInterface
    interface Visitor {
        void visit(Uuid topicId, int partition, CommittedOffset offset);
    }

    boolean isEmpty() {
        return byTopic.isEmpty();
    }

    Set<Uuid> topics() {
        return Set.copyOf(byTopic.keySet());
    }

    /** The offset, or null. */
    CommittedOffset get(Uuid topicId, int partition) {
        Int2ObjectHashMap<CommittedOffset> partitions = byTopic.get(topicId);
        return partitions == null ? null : partitions.get(partition);
    }

    /** Whether the partition had none before. */
    boolean put(Uuid topicId, int partition, CommittedOffset offset) {
        return byTopic.computeIfAbsent(topicId, id -> new Int2ObjectHashMap<>(8, 0.65f, false))
                        .put(partition, offset)
                == null;
    }

    /** Whether the partition had one. */
    boolean remove(Uuid topicId, int partition) {
        Int2ObjectHashMap<CommittedOffset> partitions = byTopic.get(topicId);
        if (partitions == null || partitions.remove(partition) == null) {
            return false;
        }
        if (partitions.isEmpty()) {
            byTopic.remove(topicId);
        }
        return true;
    }

    /** The partitions of a topic that have an offset, in ascending order. */
    List<Integer> partitions(Uuid topicId) {
        Int2ObjectHashMap<CommittedOffset> partitions = byTopic.get(topicId);
        List<Integer> found = new ArrayList<>();
        if (partitions != null) {
            partitions.keySet().forEach(found::add);
            found.sort(null);
        }
        return found;
    }

    /** Visits topics in the order of their first commit, the partitions of each in ascending order. */
    void forEach(Visitor visitor) {
        for (Uuid topic : List.copyOf(byTopic.keySet())) {
            for (int partition : partitions(topic)) {
                visitor.visit(topic, partition, get(topic, partition));
            }
        }
    }

    int size() {
        return byTopic.values().stream().mapToInt(Int2ObjectHashMap::size).sum();
    }
}
