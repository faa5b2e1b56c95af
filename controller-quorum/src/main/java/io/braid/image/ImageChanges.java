package io.braid.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * What differs between two images of one cluster. A name that was deleted and created again shows as a topic deleted
 * and another created.
 *
 * @param topicsCreated as they are now
 * @param topicsDeleted as they were
 * @param topicsChanged as they are now: grown or configured otherwise
 * @param shardsChanged as they are now, new ones included
 * @param brokersChanged ids, new and gone ones included
 * @param configsChanged whether any config but a topic's changed
 */
public record ImageChanges(
        List<TopicImage> topicsCreated,
        List<TopicImage> topicsDeleted,
        List<TopicImage> topicsChanged,
        List<ShardImage> shardsChanged,
        List<Integer> brokersChanged,
        boolean configsChanged) {

    static ImageChanges between(ClusterImage before, ClusterImage after) {
        List<TopicImage> created = new ArrayList<>();
        List<TopicImage> deleted = new ArrayList<>();
        List<TopicImage> changed = new ArrayList<>();
        after.byId.difference(before.byId, (old, now) -> {
            if (old == null) {
                created.add(now);
            } else if (now == null) {
                deleted.add(old);
            } else {
                changed.add(now);
            }
        });
        boolean[] configs = new boolean[1];
        after.configs.difference(before.configs, (old, now) -> configs[0] = true);
        return new ImageChanges(
                created, deleted, changed, changedShards(before, after), changedBrokers(before, after), configs[0]);
    }

    /** Whether a topic of this id is gone. */
    public boolean deleted(Uuid id) {
        return topicsDeleted.stream().anyMatch(t -> t.id().equals(id));
    }

    @SuppressWarnings("ReferenceEquality") // what is shared need not be compared
    private static List<ShardImage> changedShards(ClusterImage before, ClusterImage after) {
        List<ShardImage> changed = new ArrayList<>();
        for (int pool = 0; pool < after.shards.length; pool++) {
            ShardList now = after.shards[pool];
            ShardList old = pool < before.shards.length ? before.shards[pool] : null;
            if (now != null && now != old) {
                now.changesSince(old == null ? ShardList.EMPTY : old, changed::add);
            }
        }
        return changed;
    }

    private static List<Integer> changedBrokers(ClusterImage before, ClusterImage after) {
        if (before.brokers == after.brokers) {
            return List.of();
        }
        List<Integer> changed = new ArrayList<>();
        for (BrokerImage now : after.brokers) {
            if (!before.broker(now.id()).equals(Optional.of(now))) {
                changed.add(now.id());
            }
        }
        for (BrokerImage old : before.brokers) {
            if (after.broker(old.id()).isEmpty()) {
                changed.add(old.id());
            }
        }
        return changed;
    }
}
