package io.braid.broker.group.consumer;

import io.braid.broker.group.consumer.AssignmentInput.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * Evens out the number of partitions a member has, moving as few as it can. Where all subscribe to the same, no two
 * members differ by more than one; where they do not, no partition has a subscriber that has two fewer than its owner
 * (up to {@value #MAX_ROUNDS} rounds of evening out).
 *
 * <p>Works on counts first, a class of topics with the same subscribers at a time, and only then on partitions: a
 * member keeps its lowest and takes what is free in order, which keeps ranges long.
 */
final class UniformAssignor implements Assignor {

    static final String NAME = "uniform";

    private static final int MAX_ROUNDS = 32;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, PartitionSet> assign(AssignmentInput input) {
        Map<Uuid, PartitionRanges> owned = new HashMap<>();
        List<Shares> all = shares(input, owned);
        balance(all, new int[input.members().size()]);

        PartitionSet[] result = new PartitionSet[input.members().size()];
        for (Shares shares : all) {
            shares.handOut(input, owned, result);
        }
        Map<String, PartitionSet> byMember = new LinkedHashMap<>();
        for (int i = 0; i < result.length; i++) {
            byMember.put(input.members().get(i).memberId(), result[i] == null ? PartitionSet.EMPTY : result[i]);
        }
        return byMember;
    }

    /** What each member may keep, by class; {@code owned} gets the union. */
    private static List<Shares> shares(AssignmentInput input, Map<Uuid, PartitionRanges> owned) {
        List<Shares> all = new ArrayList<>();
        Map<Uuid, Shares> ofTopic = new HashMap<>();
        for (TopicClass topics : TopicClass.of(input)) {
            Shares shares = new Shares(topics, topics.partitions(input));
            all.add(shares);
            topics.topics().forEach(t -> ofTopic.put(t, shares));
        }
        int[] place = new int[all.size()];
        for (int i = 0; i < all.size(); i++) {
            all.get(i).index = i;
        }
        List<Candidate> members = input.members();
        for (int m = 0; m < members.size(); m++) {
            Candidate member = members.get(m);
            PartitionSet.Builder[] kept = new PartitionSet.Builder[all.size()];
            member.current().forEach((topic, ranges) -> {
                Shares shares = ofTopic.get(topic);
                if (shares != null && member.topics().contains(topic)) {
                    PartitionRanges before = owned.getOrDefault(topic, PartitionRanges.EMPTY);
                    PartitionRanges keep = ranges.intersect(PartitionRanges.of(
                                    0, input.partitionCounts().get(topic)))
                            .minus(before);
                    owned.put(topic, before.plus(keep));
                    if (kept[shares.index] == null) {
                        kept[shares.index] =
                                new PartitionSet.Builder(member.current().topicCount());
                    }
                    kept[shares.index].add(topic, keep);
                }
            });
            for (Shares shares : all) {
                int[] subscribers = shares.topics.members();
                int at = place[shares.index];
                if (at < subscribers.length && subscribers[at] == m) {
                    shares.keep(at, kept[shares.index]);
                    place[shares.index]++;
                }
            }
        }
        all.sort(Comparator.comparingInt(s -> s.topics.members().length));
        return all;
    }

    private static void balance(List<Shares> all, int[] loads) {
        all.forEach(s -> s.addTo(loads));
        all.forEach(s -> s.pourFree(loads));
        boolean moved = true;
        for (int round = 0; moved && round < MAX_ROUNDS; round++) {
            moved = false;
            for (Shares shares : all) {
                moved |= shares.shaveAboveMean(loads);
            }
        }
        moved = true;
        for (int round = 0; moved && round < MAX_ROUNDS; round++) {
            moved = false;
            for (Shares shares : all) {
                moved |= shares.level(loads);
            }
        }
    }

    /** How many partitions of one class of topics each of its subscribers has; arrays are by place among them. */
    private static final class Shares {
        final TopicClass topics;
        final int total;
        final PartitionSet[] kept;
        int[] counts;
        int index;

        Shares(TopicClass topics, int total) {
            this.topics = topics;
            this.total = total;
            this.kept = new PartitionSet[topics.members().length];
            this.counts = new int[kept.length];
        }

        void keep(int place, PartitionSet.Builder partitions) {
            kept[place] = partitions == null ? PartitionSet.EMPTY : partitions.build();
            counts[place] = kept[place].size();
        }

        void addTo(int[] loads) {
            for (int i = 0; i < counts.length; i++) {
                loads[topics.members()[i]] += counts[i];
            }
        }

        /** Gives what nobody has to the least loaded. */
        void pourFree(int[] loads) {
            int free = total;
            for (int count : counts) {
                free -= count;
            }
            pour(free, loads);
        }

        /** Takes from those above the mean of the subscribers and gives to the least loaded: no detours. */
        boolean shaveAboveMean(int[] loads) {
            long sum = 0;
            for (int member : topics.members()) {
                sum += loads[member];
            }
            int ceiling = (int) ((sum + counts.length - 1) / counts.length);
            int shaved = 0;
            for (int i = 0; i < counts.length; i++) {
                int member = topics.members()[i];
                int taken = Math.min(counts[i], Math.max(0, loads[member] - ceiling));
                counts[i] -= taken;
                loads[member] -= taken;
                shaved += taken;
            }
            pour(shaved, loads);
            return shaved > 0;
        }

        /** Evens out the class for good, all else staying. */
        boolean level(int[] loads) {
            int[] base = new int[counts.length];
            for (int i = 0; i < base.length; i++) {
                base[i] = loads[topics.members()[i]] - counts[i];
            }
            int[] levelled = Level.pour(base, total, counts);
            boolean moved = false;
            for (int i = 0; i < base.length; i++) {
                moved |= levelled[i] != counts[i];
                loads[topics.members()[i]] = base[i] + levelled[i];
            }
            counts = levelled;
            return moved;
        }

        private void pour(int amount, int[] loads) {
            int[] base = new int[counts.length];
            int[] lost = new int[counts.length];
            for (int i = 0; i < base.length; i++) {
                base[i] = loads[topics.members()[i]];
                lost[i] = kept[i].size() - counts[i];
            }
            int[] given = Level.pour(base, amount, lost);
            for (int i = 0; i < base.length; i++) {
                counts[i] += given[i];
                loads[topics.members()[i]] += given[i];
            }
        }

        /** Turns counts into partitions: keep the lowest, take from what is free. */
        void handOut(AssignmentInput input, Map<Uuid, PartitionRanges> owned, PartitionSet[] result) {
            for (int i = 0; i < counts.length; i++) {
                PartitionSet keep = kept[i].size() > counts[i] ? kept[i].lowest(counts[i]) : kept[i];
                kept[i].minus(keep).forEach((topic, given) -> owned.computeIfPresent(topic, (t, o) -> o.minus(given)));
                kept[i] = keep;
            }
            TreeMap<Uuid, PartitionRanges> free = new TreeMap<>();
            for (Uuid topic : topics.topics()) {
                PartitionRanges every =
                        PartitionRanges.of(0, input.partitionCounts().get(topic));
                free.put(topic, every.minus(owned.getOrDefault(topic, PartitionRanges.EMPTY)));
            }
            for (int i = 0; i < counts.length; i++) {
                PartitionSet share = kept[i].plus(take(free, counts[i] - kept[i].size()));
                int member = topics.members()[i];
                result[member] = result[member] == null ? share : result[member].plus(share);
            }
        }

        private static PartitionSet take(NavigableMap<Uuid, PartitionRanges> free, int count) {
            PartitionSet.Builder taken = new PartitionSet.Builder(1);
            int rest = count;
            while (rest > 0) {
                Map.Entry<Uuid, PartitionRanges> next = free.firstEntry();
                PartitionRanges part = next.getValue().lowest(rest);
                taken.add(next.getKey(), part);
                rest -= part.size();
                PartitionRanges left = next.getValue().minus(part);
                if (left.isEmpty()) {
                    free.pollFirstEntry();
                } else {
                    free.put(next.getKey(), left);
                }
            }
            return taken.build();
        }
    }
}
