package io.braid.controller;

import io.braid.controller.CommandResult.Item;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.Placement;
import io.braid.image.Placements;
import io.braid.image.PoolImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Decides what becomes of topics that there are. */
final class TopicDecisions {
    private TopicDecisions() {}

    static Decision delete(Command.DeleteTopics command, ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        Set<Uuid> gone = new HashSet<>();
        for (Command.TopicRef ref : command.topics()) {
            boolean byName = !ref.name().isEmpty();
            Optional<TopicImage> topic = byName ? image.topic(ref.name()) : image.topic(ref.id());
            if (topic.isEmpty()) {
                items.add(Item.failed(
                        ref.name(),
                        ref.id(),
                        byName ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID,
                        byName ? "there is no topic " + ref.name() : "there is no topic with the id " + ref.id()));
            } else if (!gone.add(topic.get().id())) {
                items.add(Item.failed(
                        ref.name(), ref.id(), Errors.INVALID_REQUEST, "the request names the topic more than once"));
            } else {
                records.add(new MetadataRecord.TopicDeleted(topic.get().id()));
                items.add(Item.done(topic.get().name(), topic.get().id()));
            }
        }
        return new Decision(records, CommandResult.of(items));
    }

    static Decision grow(Command.CreatePartitions command, ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Map<Integer, PoolImage> pools = new HashMap<>();
        List<BrokerImage> running =
                image.brokers().stream().filter(BrokerImage::takesReplicas).toList();
        for (Command.NewPartitions each : command.topics()) {
            Optional<TopicImage> topic = image.topic(each.topic());
            if (topic.isEmpty()) {
                items.add(Item.failed(
                        each.topic(),
                        Uuid.ZERO_UUID,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        "there is no topic " + each.topic()));
                continue;
            }
            TopicImage old = topic.get();
            Optional<Item> refused = seen.add(each.topic())
                    ? checkCount(old, each.partitionCount())
                    : Optional.of(Item.failed(
                            old.name(),
                            old.id(),
                            Errors.INVALID_REQUEST,
                            "the request names the topic more than once"));
            if (refused.isPresent()) {
                items.add(refused.get());
                continue;
            }
            PoolImage pool = pools.computeIfAbsent(
                    old.placements().last().poolId(),
                    id -> PoolGrowth.grow(image.pool(id).orElseThrow(), image, running, records));
            Placements placements = grown(old, pool);
            records.add(new MetadataRecord.PartitionsAdded(old.id(), each.partitionCount(), placements));
            items.add(new Item(Errors.NONE, "", old.name(), old.id(), each.partitionCount(), pool.replicationFactor()));
        }
        return new Decision(records, CommandResult.of(items));
    }

    private static Optional<Item> checkCount(TopicImage topic, int count) {
        int has = topic.partitionCount();
        String problem = count == has
                ? "Topic already has " + has + " partition(s)."
                : count < has
                        ? "The topic " + topic.name() + " currently has " + has + " partition(s); " + count
                                + " would not be an increase."
                        : count > Limits.MAX_PARTITIONS
                                ? "a topic can have " + Limits.MAX_PARTITIONS + " partitions"
                                : "";
        return problem.isEmpty()
                ? Optional.empty()
                : Optional.of(Item.failed(topic.name(), topic.id(), Errors.INVALID_PARTITIONS, problem));
    }

    /** The placement in force goes on, unless the pool has grown since: then a new one takes all of the pool in. */
    private static Placements grown(TopicImage topic, PoolImage pool) {
        Placement last = topic.placements().last();
        if (last.modulus() == pool.shardCount()) {
            return topic.placements();
        }
        int first = TopicCreation.firstShard(topic.id(), topic.partitionCount(), pool.shardCount());
        return topic.placements().and(new Placement(topic.partitionCount(), pool.id(), first, 1, pool.shardCount()));
    }
}
