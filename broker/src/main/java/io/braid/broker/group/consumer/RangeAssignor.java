package io.braid.broker.group.consumer;

import io.braid.broker.group.consumer.AssignmentInput.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * Gives each subscriber of a topic one run of partitions, the same run in topics of the same subscribers and partition
 * count, so that partition n of each is read by one member and keyed topics can be joined (KIP-848). Sticky as far as
 * that allows: members stay in the order in which their runs lie, and new ones come behind.
 */
final class RangeAssignor implements Assignor {

    static final String NAME = "range";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, PartitionSet> assign(AssignmentInput input) {
        Map<String, Map<Uuid, PartitionRanges>> runs = new LinkedHashMap<>();
        input.members().forEach(m -> runs.put(m.memberId(), new HashMap<>()));
        for (TopicClass topics : TopicClass.of(input)) {
            Map<Integer, List<Uuid>> byCount = new TreeMap<>();
            for (Uuid topic : topics.topics()) {
                byCount.computeIfAbsent(input.partitionCounts().get(topic), c -> new ArrayList<>())
                        .add(topic);
            }
            byCount.forEach((count, alike) -> cut(count, alike, order(input, topics, alike), runs));
        }
        Map<String, PartitionSet> assigned = new LinkedHashMap<>();
        runs.forEach((member, byTopic) -> assigned.put(member, PartitionSet.of(byTopic)));
        return assigned;
    }

    private static void cut(
            int count, List<Uuid> topics, List<String> order, Map<String, Map<Uuid, PartitionRanges>> runs) {
        int members = order.size();
        int next = 0;
        for (int i = 0; i < members && next < count; i++) {
            int end = next + count / members + (i < count % members ? 1 : 0);
            PartitionRanges run = PartitionRanges.of(next, end);
            Map<Uuid, PartitionRanges> mine = runs.get(order.get(i));
            topics.forEach(topic -> mine.put(topic, run));
            next = end;
        }
    }

    /** Ids of the subscribers as their runs lie now; those without one behind, by id. */
    private static List<String> order(AssignmentInput input, TopicClass topics, List<Uuid> alike) {
        Map<String, Integer> starts = new HashMap<>();
        for (int i : topics.members()) {
            Candidate member = input.members().get(i);
            starts.put(member.memberId(), start(member, alike));
        }
        return starts.keySet().stream()
                .sorted(Comparator.<String>comparingInt(starts::get).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private static int start(Candidate member, List<Uuid> topics) {
        int lowest = Integer.MAX_VALUE;
        for (Uuid topic : topics) {
            PartitionRanges current = member.current().get(topic);
            lowest = current.isEmpty() ? lowest : Math.min(lowest, current.first(0));
        }
        return lowest;
    }
}
