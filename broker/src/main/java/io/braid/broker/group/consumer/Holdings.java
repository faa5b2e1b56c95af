package io.braid.broker.group.consumer;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/** Which partitions some member of a group has, or may have still. Owned by the group. */
final class Holdings {
    private final Map<Uuid, PartitionRanges> held = new HashMap<>();

    static Holdings of(Collection<Member> members) {
        Holdings holdings = new Holdings();
        members.forEach(m -> {
            holdings.add(m.assigned());
            holdings.add(m.pendingRevocation());
        });
        return holdings;
    }

    /** A member has {@code now} what was {@code before}; costs the ranges of the topics in which they differ. */
    void replace(Member before, Member now) {
        if (before != null) {
            remove(before.assigned(), now == null ? PartitionSet.EMPTY : now.assigned());
            remove(before.pendingRevocation(), now == null ? PartitionSet.EMPTY : now.pendingRevocation());
        }
        if (now != null) {
            add(now.assigned());
            add(now.pendingRevocation());
        }
    }

    /** What of the set nobody has. */
    PartitionSet free(PartitionSet wanted) {
        PartitionSet.Builder builder = new PartitionSet.Builder(wanted.topicCount());
        wanted.forEach(
                (topic, ranges) -> builder.add(topic, ranges.minus(held.getOrDefault(topic, PartitionRanges.EMPTY))));
        return builder.build();
    }

    private void remove(PartitionSet before, PartitionSet kept) {
        before.minus(kept)
                .forEach((topic, gone) -> held.computeIfPresent(topic, (t, ranges) -> {
                    PartitionRanges left = ranges.minus(gone);
                    return left.isEmpty() ? null : left;
                }));
    }

    private void add(PartitionSet set) {
        set.forEach((topic, ranges) -> held.merge(topic, ranges, PartitionRanges::plus));
    }
}
