package io.braid.broker.group.consumer;

import io.braid.broker.group.consumer.AssignmentInput.Candidate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * Topics with the same subscribers. Where all members subscribe to the same, there is one class, and what an assignor
 * does a class does not grow with the number of topics.
 *
 * @param members indexes into the input's members, ascending; never empty
 * @param topics ascending by id
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TopicClass(int[] members, List<Uuid> topics) {

    /** The classes of all existing topics with a subscriber, in the order of their first topics. */
    static List<TopicClass> of(AssignmentInput input) {
        Map<Set<Uuid>, List<Integer>> bySubscription = new LinkedHashMap<>();
        List<Candidate> members = input.members();
        for (int i = 0; i < members.size(); i++) {
            bySubscription
                    .computeIfAbsent(members.get(i).topics(), s -> new ArrayList<>())
                    .add(i);
        }
        List<List<Integer>> subscribers = new ArrayList<>(bySubscription.values());
        TreeMap<Uuid, BitSet> subscriptionsOf = new TreeMap<>();
        int subscription = 0;
        for (Set<Uuid> topics : bySubscription.keySet()) {
            for (Uuid topic : topics) {
                if (input.partitionCounts().containsKey(topic)) {
                    subscriptionsOf.computeIfAbsent(topic, t -> new BitSet()).set(subscription);
                }
            }
            subscription++;
        }
        Map<BitSet, List<Uuid>> topicsOf = new LinkedHashMap<>();
        subscriptionsOf.forEach((topic, subscriptions) ->
                topicsOf.computeIfAbsent(subscriptions, s -> new ArrayList<>()).add(topic));
        List<TopicClass> classes = new ArrayList<>();
        topicsOf.forEach((subscriptions, topics) -> classes.add(new TopicClass(
                subscriptions.stream()
                        .boxed()
                        .flatMap(s -> subscribers.get(s).stream())
                        .mapToInt(i -> i)
                        .sorted()
                        .toArray(),
                topics)));
        return classes;
    }

    /** Partitions of all its topics. */
    int partitions(AssignmentInput input) {
        int sum = 0;
        for (Uuid topic : topics) {
            sum = Math.addExact(sum, input.partitionCounts().get(topic));
        }
        return sum;
    }
}
