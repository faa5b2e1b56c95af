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

    /** Whether a change matters to a watch on these topics, whose shards are the scope. */
    public static boolean concerns(WatchHistory.Difference difference, Set<String> topics, WatchScope scope) {
        return !difference.brokers().isEmpty()
                || difference.shards().stream().anyMatch(scope::contains)
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
        Set<String> told = new LinkedHashSet<>(request.added());
        for (String name : request.known()) {
            if (difference.isEmpty() || difference.get().topics().contains(name)) {
                told.add(name);
            }
        }
        List<MetadataWatchResponse.Topic> topics = new ArrayList<>(told.size());
        List<String> described = new ArrayList<>(told.size());
        for (String name : told) {
            MetadataWatchResponse.Topic topic = topic(caller, image, name);
            topics.add(topic);
            if (topic.error() == Errors.NONE) {
                described.add(name);
            }
        }
        List<MetadataWatchResponse.Broker> brokers = new ArrayList<>();
        List<Integer> brokersGone = new ArrayList<>();
        if (difference.isEmpty()) {
            image.brokers().forEach(broker -> reached(caller, broker).ifPresent(brokers::add));
        } else {
            for (int id : new TreeSet<>(difference.get().brokers())) {
                image.broker(id)
                        .flatMap(broker -> reached(caller, broker))
                        .ifPresentOrElse(brokers::add, () -> brokersGone.add(id));
            }
        }
        return new MetadataWatchResponse(
                image.version(),
                difference.isEmpty(),
                image.clusterId(),
                brokers,
                brokersGone,
                shards(image, request, WatchScope.of(image, described), difference),
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

    /**
     * All shards of the topics that are told of, and of those of the other topics the changed ones.
     *
     * @param told the shards of the topics that are told of
     */
    private static List<MetadataWatchResponse.Shard> shards(
            ClusterImage image,
            MetadataWatchRequest request,
            WatchScope told,
            Optional<WatchHistory.Difference> difference) {
        List<MetadataWatchResponse.Shard> shards = new ArrayList<>();
        told.forEach(id -> image.shard(id).ifPresent(shard -> shards.add(shard(image, shard))));
        if (difference.isEmpty()
                || (difference.get().shards().isEmpty()
                        && difference.get().brokers().isEmpty())) {
            return shards;
        }
        WatchHistory.Difference changed = difference.get();
        WatchScope.of(image, request.known()).forEach(id -> {
            if (!told.contains(id)) {
                image.shard(id)
                        .filter(shard -> changed.shards().contains(id) || isLedByOneOf(changed.brokers(), shard))
                        .ifPresent(shard -> shards.add(shard(image, shard)));
            }
        });
        return shards;
    }

    /** A leader that was fenced is named no more, although its shard may not have changed. */
    private static boolean isLedByOneOf(Set<Integer> brokers, ShardImage shard) {
        return !brokers.isEmpty() && brokers.contains(shard.leader());
    }

    private static MetadataWatchResponse.Shard shard(ClusterImage image, ShardImage shard) {
        boolean alive = image.broker(shard.leader()).map(b -> !b.fenced()).orElse(false);
        return new MetadataWatchResponse.Shard(shard.id(), alive ? shard.leader() : NO_LEADER, shard.leaderEpoch());
    }

    /** Where a broker is reached on the caller's listener, if it is alive. */
    private static Optional<MetadataWatchResponse.Broker> reached(Caller caller, BrokerImage broker) {
        return broker.fenced()
                ? Optional.empty()
                : broker.endpoint(caller.listener())
                        .map(at -> new MetadataWatchResponse.Broker(
                                broker.id(), at.host(), at.port(), broker.rack().orElse("")));
    }
}
