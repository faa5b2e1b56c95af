package io.braid.controller;

import io.braid.controller.CommandResult.Item;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.Placement;
import io.braid.image.Placements;
import io.braid.image.PoolClass;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/** Decides one CreateTopics command: names, counts, and the pool of each topic, which is made when the first needs it. */
final class TopicCreation {
    private static final int DEFAULT_REPLICATION_FACTOR = 3;

    private final Command.CreateTopics command;
    private final ClusterImage image;
    private final List<BrokerImage> running;
    private final List<MetadataRecord> records = new ArrayList<>();
    /** Made or grown by this command. */
    private final Map<Integer, PoolImage> madePools = new TreeMap<>();
    /** Names of this command with '.' taken for '_'. */
    private final Map<String, String> namesTaken = new HashMap<>();

    private final Set<Uuid> idsTaken = new HashSet<>();
    /** By the first shard of the topic, and its pool. */
    private final Map<Integer, Placements> placements = new HashMap<>();

    TopicCreation(Command.CreateTopics command, ClusterImage image) {
        this.command = command;
        this.image = image;
        this.running =
                image.brokers().stream().filter(BrokerImage::takesReplicas).toList();
    }

    Decision decide() {
        Set<String> twice = namedTwice();
        List<Item> items = new ArrayList<>(command.topics().size());
        for (NewTopic topic : command.topics()) {
            items.add(
                    twice.contains(topic.name())
                            ? failed(topic, Errors.INVALID_REQUEST, "the request names the topic more than once")
                            : create(topic));
        }
        return new Decision(records, CommandResult.of(items));
    }

    private Set<String> namedTwice() {
        Set<String> seen = new HashSet<>();
        Set<String> twice = new HashSet<>();
        for (NewTopic topic : command.topics()) {
            if (!seen.add(topic.name())) {
                twice.add(topic.name());
            }
        }
        return twice;
    }

    private Item create(NewTopic topic) {
        Optional<Item> refused = checkName(topic).or(() -> checkCounts(topic));
        if (refused.isPresent()) {
            return refused.get();
        }
        PoolClass poolClass =
                topic.internal() || topic.compacted() ? PoolClass.INTERNAL_AND_COMPACTED : PoolClass.ORDINARY;
        Optional<PoolImage> existing = findPool(poolClass, topic.replicationFactor());
        if (existing.isEmpty()) {
            refused = checkReplication(topic);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        PoolImage pool = existing.map(this::grown).orElseGet(() -> makePool(poolClass, wantedReplication(topic)));
        namesTaken.put(normal(topic.name()), topic.name());
        idsTaken.add(topic.id());
        records.add(new MetadataRecord.TopicCreated(new TopicImage(
                topic.id(),
                topic.name(),
                topic.partitionCount(),
                topic.internal(),
                place(topic, pool),
                topic.configs())));
        return new Item(Errors.NONE, "", topic.name(), topic.id(), topic.partitionCount(), pool.replicationFactor());
    }

    private Optional<Item> checkName(NewTopic topic) {
        try {
            Topic.validate(topic.name());
        } catch (InvalidTopicException e) {
            return Optional.of(failed(topic, Errors.INVALID_TOPIC_EXCEPTION, e.getMessage()));
        }
        if (image.topic(topic.name()).isPresent()) {
            return Optional.of(
                    failed(topic, Errors.TOPIC_ALREADY_EXISTS, "Topic '" + topic.name() + "' already exists."));
        }
        Optional<String> collision = image.topicCollidingWith(topic.name())
                .map(TopicImage::name)
                .or(() -> Optional.ofNullable(namesTaken.get(normal(topic.name()))));
        if (collision.isPresent()) {
            return Optional.of(failed(
                    topic,
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + topic.name() + "' collides with existing topic: " + collision.get()));
        }
        if (topic.id().equals(Uuid.ZERO_UUID) || image.topic(topic.id()).isPresent() || idsTaken.contains(topic.id())) {
            return Optional.of(failed(topic, Errors.INVALID_REQUEST, "the topic id is taken"));
        }
        return Optional.empty();
    }

    private Optional<Item> checkCounts(NewTopic topic) {
        if (topic.partitionCount() < 1 || topic.partitionCount() > Limits.MAX_PARTITIONS) {
            return Optional.of(failed(
                    topic,
                    Errors.INVALID_PARTITIONS,
                    "Number of partitions was set to an invalid value: " + topic.partitionCount()
                            + " is not between 1 and " + Limits.MAX_PARTITIONS));
        }
        if (topic.replicationFactor() == 0 || topic.replicationFactor() < -1) {
            return Optional.of(
                    failed(topic, Errors.INVALID_REPLICATION_FACTOR, "Replication factor must be larger than 0."));
        }
        return Optional.empty();
    }

    private Optional<Item> checkReplication(NewTopic topic) {
        int wanted = wantedReplication(topic);
        if (running.isEmpty() || wanted > running.size()) {
            return Optional.of(failed(
                    topic,
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Unable to replicate the partition " + wanted + " time(s): The target replication factor of "
                            + wanted + " cannot be reached because only " + running.size()
                            + " broker(s) are registered."));
        }
        if (wanted > 1 && running.size() < command.policy().minBrokers()) {
            return Optional.of(failed(
                    topic,
                    Errors.INVALID_REPLICATION_FACTOR,
                    "a replicated pool waits for " + command.policy().minBrokers() + " brokers (min.brokers.for.pool); "
                            + running.size() + " are running"));
        }
        return Optional.empty();
    }

    private int wantedReplication(NewTopic topic) {
        return topic.replicationFactor() > 0
                ? topic.replicationFactor()
                : Math.max(1, Math.min(DEFAULT_REPLICATION_FACTOR, running.size()));
    }

    private Optional<PoolImage> findPool(PoolClass poolClass, int replicationFactor) {
        for (PoolImage pool : image.pools()) {
            if (fits(pool, poolClass, replicationFactor)) {
                return Optional.of(pool);
            }
        }
        return madePools.values().stream()
                .filter(pool -> fits(pool, poolClass, replicationFactor))
                .findFirst();
    }

    private static boolean fits(PoolImage pool, PoolClass poolClass, int replicationFactor) {
        return pool.poolClass() == poolClass
                && (replicationFactor == -1 || pool.replicationFactor() == replicationFactor);
    }

    /** Ordinary topics begin in pool 0, internal and compacted ones in pool 1; further pools take the next id. */
    private PoolImage makePool(PoolClass poolClass, int replicationFactor) {
        int id = poolClass == PoolClass.ORDINARY ? 0 : 1;
        while (image.pool(id).isPresent() || madePools.containsKey(id)) {
            id = Math.max(2, id + 1);
        }
        int shards = command.policy().shards(running.size());
        records.add(new MetadataRecord.PoolCreated(id, poolClass, replicationFactor, true));
        for (int index = 0; index < shards; index++) {
            List<Integer> replicas = ReplicaPlacement.replicas(running, replicationFactor, index);
            records.add(new MetadataRecord.ShardChanged(PoolGrowth.newShard(id, index, replicas)));
        }
        PoolImage pool = new PoolImage(id, poolClass, replicationFactor, true, shards);
        madePools.put(id, pool);
        return pool;
    }

    /** The pool with shards for brokers that it has none for. */
    private PoolImage grown(PoolImage pool) {
        return madePools.computeIfAbsent(pool.id(), id -> PoolGrowth.grow(pool, image, running, records));
    }

    private Placements place(NewTopic topic, PoolImage pool) {
        int modulus = pool.shardCount();
        int first = firstShard(topic.id(), 0, modulus);
        return placements.computeIfAbsent(
                ShardImage.id(pool.id(), first),
                unused -> Placements.of(new Placement(0, pool.id(), first, 1, modulus)));
    }

    /** A hash of the topic id and the first partition, so that topics of one partition spread evenly. */
    static int firstShard(Uuid id, int fromPartition, int modulus) {
        long hash =
                (id.getMostSignificantBits() * 0x9E3779B97F4A7C15L + id.getLeastSignificantBits()) * 0xD6E8FEB86659FD93L
                        + fromPartition;
        return (int) Long.remainderUnsigned(((hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L) >>> 1, modulus);
    }

    private static String normal(String name) {
        return name.replace('.', '_');
    }

    private static Item failed(NewTopic topic, Errors error, String message) {
        return Item.failed(topic.name(), Uuid.ZERO_UUID, error, message);
    }
}
