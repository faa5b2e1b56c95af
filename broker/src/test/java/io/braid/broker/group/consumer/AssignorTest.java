package io.braid.broker.group.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.braid.broker.group.consumer.AssignmentInput.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What KIP-848 asks of the assignors on the server, over random groups. */
class AssignorTest {

    private final Random random = new Random(7);
    private final Map<Uuid, Integer> counts = new TreeMap<>();
    private final TreeMap<String, Set<Uuid>> subscriptions = new TreeMap<>();
    private Map<String, PartitionSet> assigned = new HashMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void everyPartitionHasExactlyOneOwnerAmongTheSubscribers(String name) {
        Assignor assignor = Assignor.named(name).orElseThrow();
        for (int group = 0; group < 60; group++) {
            begin(1 + random.nextInt(6), 20);
            for (int step = 0; step < 15; step++) {
                change(step);
                assign(assignor);
                checkOwners();
            }
        }
    }

    @Test
    void uniformIsWithinOneWhereAllSubscribeToTheSame() {
        Assignor assignor = Assignor.named("uniform").orElseThrow();
        for (int group = 0; group < 100; group++) {
            begin(1 + random.nextInt(5), 30);
            Set<Uuid> all = new HashSet<>(counts.keySet());
            int members = 1 + random.nextInt(12);
            for (int i = 0; i < members; i++) {
                subscriptions.put("m" + i, all);
            }
            assign(assignor);
            for (int step = 0; step < 10; step++) {
                if (random.nextBoolean() || subscriptions.size() == 1) {
                    subscriptions.put("m" + (100 + step), all);
                } else {
                    subscriptions.remove(subscriptions.firstKey());
                }
                assign(assignor);
                assertTrue(spread() <= 1, () -> "spread in " + assigned);
            }
        }
    }

    @Test
    void uniformLeavesNoSubscriberTwoBehindTheOwner() {
        Assignor assignor = Assignor.named("uniform").orElseThrow();
        for (int group = 0; group < 200; group++) {
            begin(2 + random.nextInt(6), 20);
            for (int step = 0; step < 10; step++) {
                change(step);
                assign(assignor);
                for (Uuid topic : counts.keySet()) {
                    subscriptions.forEach((a, topicsOfA) -> subscriptions.forEach((b, topicsOfB) -> {
                        if (!assigned.get(a).get(topic).isEmpty() && topicsOfB.contains(topic)) {
                            assertTrue(assigned.get(a).size() - assigned.get(b).size() <= 1, () -> a + " over " + b);
                        }
                    }));
                }
            }
        }
    }

    @Test
    void uniformMovesOnlyWhatTheJoinerNeedsOrTheLeaverHad() {
        Assignor assignor = Assignor.named("uniform").orElseThrow();
        begin(0, 0);
        counts.put(new Uuid(0, 1), 1_000);
        counts.put(new Uuid(0, 2), 500);
        Set<Uuid> all = Set.copyOf(counts.keySet());
        for (int i = 0; i < 9; i++) {
            subscriptions.put("m" + i, all);
        }
        assign(assignor);

        subscriptions.put("new", all);
        assertEquals(150, assign(assignor), "a tenth moves to the tenth member");

        subscriptions.remove("m4");
        assertEquals(0, assign(assignor) - 150, "what the leaver had moves and nothing else");
        assertEquals(0, assign(assignor), "nothing changed, nothing moves");
    }

    @Test
    void uniformMovesNothingWhenSubscriptionsDifferAndNothingChanged() {
        Assignor assignor = Assignor.named("uniform").orElseThrow();
        for (int group = 0; group < 100; group++) {
            begin(5, 20);
            for (int i = 0; i < 8; i++) {
                change(i);
            }
            assign(assignor);
            assertEquals(0, assign(assignor));
        }
    }

    @Test
    void rangesAreCoPartitionedWhereSubscribersAndCountsAreTheSame() {
        Assignor assignor = Assignor.named("range").orElseThrow();
        Uuid orders = new Uuid(0, 1);
        Uuid payments = new Uuid(0, 2);
        counts.put(orders, 10);
        counts.put(payments, 10);
        for (int i = 0; i < 4; i++) {
            subscriptions.put("m" + (3 - i), Set.of(orders, payments));
            assign(assignor);
            for (PartitionSet set : assigned.values()) {
                assertEquals(set.get(orders), set.get(payments));
                assertEquals(1, set.get(orders).rangeCount());
            }
        }
        assertEquals("0-2", assigned.get("m3").get(orders).toString(), "the first member keeps the first run");
        assertTrue(spread() <= 2);
    }

    @Test
    void hundredThousandPartitionsCostRanges() {
        Assignor assignor = Assignor.named("uniform").orElseThrow();
        counts.put(new Uuid(0, 1), 100_000);
        for (int i = 0; i < 50; i++) {
            subscriptions.put("m" + i, counts.keySet());
            assign(assignor);
        }
        assertTrue(spread() <= 1);
        int ranges =
                assigned.values().stream().mapToInt(PartitionSet::rangeCount).sum();
        assertTrue(ranges < 2_000, "ranges=" + ranges);
    }

    private void begin(int topics, int maxPartitions) {
        counts.clear();
        subscriptions.clear();
        assigned = new HashMap<>();
        for (int t = 1; t <= topics; t++) {
            counts.put(new Uuid(0, t), 1 + random.nextInt(maxPartitions));
        }
    }

    /** A join, a leave, another subscription or a topic that grows or goes. */
    private void change(int step) {
        Set<Uuid> some = new HashSet<>();
        counts.keySet().forEach(t -> {
            if (random.nextInt(3) > 0) {
                some.add(t);
            }
        });
        switch (random.nextInt(6)) {
            case 0 -> {
                if (!subscriptions.isEmpty()) {
                    subscriptions.remove(subscriptions.lastKey());
                }
            }
            case 1 -> {
                if (!subscriptions.isEmpty()) {
                    subscriptions.put(subscriptions.firstKey(), some);
                }
            }
            case 2 -> counts.computeIfPresent(new Uuid(0, 1), (t, n) -> n + 5);
            case 3 -> {
                if (counts.size() > 2) {
                    counts.remove(new Uuid(0, counts.size()));
                }
            }
            default -> subscriptions.put("m" + step + "-" + random.nextInt(1000), some);
        }
    }

    /** Assigns and returns how many partitions have another owner than before. */
    private int assign(Assignor assignor) {
        List<Candidate> members = new ArrayList<>();
        subscriptions.forEach((id, topics) ->
                members.add(new Candidate(id, "", topics, assigned.getOrDefault(id, PartitionSet.EMPTY))));
        Map<String, PartitionSet> next = assignor.assign(new AssignmentInput(members, counts));
        assertEquals(subscriptions.keySet(), new HashSet<>(next.keySet()));
        int moved = 0;
        for (Map.Entry<String, PartitionSet> entry : next.entrySet()) {
            moved += entry.getValue()
                    .minus(assigned.getOrDefault(entry.getKey(), PartitionSet.EMPTY))
                    .size();
        }
        assigned = next;
        return moved;
    }

    private void checkOwners() {
        counts.forEach((topic, count) -> {
            PartitionRanges union = PartitionRanges.EMPTY;
            int sum = 0;
            for (Map.Entry<String, PartitionSet> entry : assigned.entrySet()) {
                PartitionRanges owned = entry.getValue().get(topic);
                assertTrue(owned.isEmpty() || subscriptions.get(entry.getKey()).contains(topic));
                union = union.plus(owned);
                sum += owned.size();
            }
            boolean subscribed = subscriptions.values().stream().anyMatch(s -> s.contains(topic));
            assertEquals(subscribed ? PartitionRanges.of(0, count) : PartitionRanges.EMPTY, union);
            assertEquals(union.size(), sum, "owned twice");
        });
        assigned.values().forEach(set -> set.topics().forEach(t -> assertTrue(counts.containsKey(t))));
    }

    private int spread() {
        int[] sizes =
                assigned.values().stream().mapToInt(PartitionSet::size).sorted().toArray();
        return sizes[sizes.length - 1] - sizes[0];
    }
}
