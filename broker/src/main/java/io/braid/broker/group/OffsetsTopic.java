package io.braid.broker.group;

import io.braid.broker.handler.MetadataSource;
import io.braid.controller.Command;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.ClusterImage;
import io.braid.image.Configs;
import io.braid.image.TopicImage;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code __consumer_offsets}: where it is, which partition a group is in, and how it comes to be. Thread-safe. */
final class OffsetsTopic {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsTopic.class);
    static final String NAME = Topic.GROUP_METADATA_TOPIC_NAME;

    /**
     * How the topic is made when it is first needed.
     *
     * @param replicationFactor -1 for as many as there are brokers, up to 3
     */
    record Plan(int partitions, int replicationFactor, PoolPolicy policy) {}

    private final MetadataSource metadata;
    private final Plan plan;
    private final AtomicReference<CompletableFuture<Errors>> creating = new AtomicReference<>();

    OffsetsTopic(MetadataSource metadata, Plan plan) {
        this.metadata = metadata;
        this.plan = plan;
    }

    static Optional<TopicImage> in(ClusterImage image) {
        return image.topic(NAME);
    }

    /** The partition that holds a group, as every Kafka broker computes it. */
    static int partitionOf(String groupId, TopicImage topic) {
        return Utils.abs(groupId.hashCode()) % topic.partitionCount();
    }

    /** Completes when the topic is there, or cannot be made: then with the error. Requests at the same time share one try. */
    CompletableFuture<Errors> ensure() {
        if (in(metadata.image()).isPresent()) {
            return CompletableFuture.completedFuture(Errors.NONE);
        }
        CompletableFuture<Errors> mine = new CompletableFuture<>();
        CompletableFuture<Errors> underWay = creating.compareAndExchange(null, mine);
        if (underWay != null) {
            return underWay;
        }
        NewTopic topic = new NewTopic(
                Uuid.randomUuid(),
                NAME,
                plan.partitions(),
                plan.replicationFactor(),
                true,
                true,
                Configs.of(Map.of("cleanup.policy", "compact")));
        var unused = metadata.submit(new Command.CreateTopics(java.util.List.of(topic), plan.policy(), false))
                .whenComplete((result, thrown) -> {
                    Errors error = thrown != null
                            ? Errors.COORDINATOR_NOT_AVAILABLE
                            : result.error() != Errors.NONE
                                    ? result.error()
                                    : result.items().get(0).error();
                    boolean there = error == Errors.NONE || error == Errors.TOPIC_ALREADY_EXISTS;
                    if (!there) {
                        LOG.warn("event=offsets_topic_not_created error={}", error);
                    }
                    creating.set(null);
                    mine.complete(there ? Errors.NONE : error);
                });
        return mine;
    }
}
