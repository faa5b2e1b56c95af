package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.Placement;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import io.braid.protocol.watch.MetadataWatchRequest;
import io.braid.protocol.watch.MetadataWatchResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;

/** What a metadata watch is answered. Stateless; any thread. */
public final class WatchAnswers {
    private static final int NO_LEADER = -1;

    private final Authorizer authorizer;

    public WatchAnswers(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** The pools that the topics of a watch are in: with the names, what changes matter to it. */
    public static Set<Integer> pools(ClusterImage image, MetadataWatchRequest request) {
        Set<Integer> pools = new HashSet<>();
        request.known().forEach(name -> addPools(image, name, pools));
        request.added().forEach(name -> addPools(image, name, pools));
        return pools;
    }

    private static void addPools(ClusterImage image, String name, Set<Integer> pools) {
        Optional<TopicImage> topic = image.topic(name);
        if (topic.isPresent()) {
            for (Placement placement : topic.get().placements()) {
                pools.add(placement.poolId());
            }
        }
    }

    /** Whether a change matters to a watch on these topics and pools. */
    public static boolean concerns(WatchHistory.Difference difference, Set<String> topics, Set<Integer> pools) {
        return difference.brokers()
                || difference.shards().stream().anyMatch(shard -> pools.contains(ShardImage.poolId(shard)))
                || difference.topics().stream().anyMatch(topics::contains);
    }

    /**
     * The answer as of an image.
     *
     * @param difference what changed since the request's version; empty when that is not known, or it has none
     */
    public MetadataWatchResponse answer(
            Caller caller,
            ClusterImage image,
            MetadataWatchRequest request,
            Optional<WatchHistory.Difference> difference) {
        boolean full = difference.isEmpty();
        Set<String> told = new LinkedHashSet<>(request.added());
        for (String name : request.known()) {
            if (full || difference.get().topics().contains(name)) {
                told.add(name);
            }
        }
        List<MetadataWatchResponse.Topic> topics = new ArrayList<>(told.size());
        Set<Integer> wholePools = new TreeSet<>();
        for (String name : told) {
            MetadataWatchResponse.Topic topic = topic(caller, image, name);
            topics.add(topic);
            topic.rules().forEach(rule -> wholePools.add(rule.pool()));
        }
        boolean brokers = full || difference.get().brokers();
        return new MetadataWatchResponse(
                image.version(),
                full,
                image.clusterId(),
                brokers ? brokers(caller, image) : List.of(),
                shards(
                        image,
                        request,
                        wholePools,
                        full ? Set.of() : difference.get().shards(),
                        brokers),
                topics);
    }

    private MetadataWatchResponse.Topic topic(Caller caller, ClusterImage image, String name) {
        if (!authorizer.allowsOnTopic(caller, AclOperation.DESCRIBE, name)) {
            return MetadataWatchResponse.Topic.failed(name, Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        Optional<TopicImage> topic = image.topic(name);
        if (topic.isEmpty()) {
            return MetadataWatchResponse.Topic.failed(name, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        List<MetadataWatchResponse.Rule> rules = new ArrayList<>();
        for (Placement p : topic.get().placements()) {
            rules.add(
                    new MetadataWatchResponse.Rule(p.fromPartition(), p.poolId(), p.first(), p.stride(), p.modulus()));
        }
        return new MetadataWatchResponse.Topic(
                name, Errors.NONE, topic.get().id(), topic.get().partitionCount(), rules);
    }

    /** Shards of the pools that are told of whole, and the changed ones of the other pools that the watch is on. */
    private static List<MetadataWatchResponse.Shard> shards(
            ClusterImage image,
            MetadataWatchRequest request,
            Set<Integer> whole,
            Set<Integer> changed,
            boolean brokersChanged) {
        List<MetadataWatchResponse.Shard> shards = new ArrayList<>();
        Set<Integer> pools = pools(image, request);
        // A leader that was fenced is named no more, although its shard may not have changed.
        Set<Integer> all = brokersChanged ? pools : whole;
        for (int pool : all) {
            int count = image.pool(pool).map(p -> p.shardCount()).orElse(0);
            for (int index = 0; index < count; index++) {
                image.shard(ShardImage.id(pool, index)).ifPresent(shard -> shards.add(shard(image, shard)));
            }
        }
        for (int id : new TreeSet<>(changed)) {
            int pool = ShardImage.poolId(id);
            if (pools.contains(pool) && !all.contains(pool)) {
                image.shard(id).ifPresent(shard -> shards.add(shard(image, shard)));
            }
        }
        return shards;
    }

    private static MetadataWatchResponse.Shard shard(ClusterImage image, ShardImage shard) {
        boolean alive = image.broker(shard.leader()).map(b -> !b.fenced()).orElse(false);
        return new MetadataWatchResponse.Shard(shard.id(), alive ? shard.leader() : NO_LEADER, shard.leaderEpoch());
    }

    private static List<MetadataWatchResponse.Broker> brokers(Caller caller, ClusterImage image) {
        List<MetadataWatchResponse.Broker> brokers = new ArrayList<>();
        for (BrokerImage broker : image.brokers()) {
            if (!broker.fenced()) {
                broker.endpoint(caller.listener())
                        .ifPresent(at -> brokers.add(new MetadataWatchResponse.Broker(
                                broker.id(), at.host(), at.port(), broker.rack().orElse(""))));
            }
        }
        return brokers;
    }
}
