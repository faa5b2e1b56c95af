package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.Errors;

/** ListPartitionReassignments: the partitions of shards that move, with the replicas that are added and removed. */
public final class ListPartitionReassignmentsHandler
        implements AnsweringHandler<ListPartitionReassignmentsRequestData, ListPartitionReassignmentsResponseData> {

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final Executor background;

    /** @param background looks at all partitions, when a shard moves */
    public ListPartitionReassignmentsHandler(MetadataSource metadata, Authorizer authorizer, Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.background = background;
    }

    @Override
    public Executor executorFor(short version, ListPartitionReassignmentsRequestData request) {
        return request.topics() == null ? background : HERE;
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> answer(
            Caller caller, short version, ListPartitionReassignmentsRequestData request) {
        return CompletableFuture.completedFuture(
                authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)
                        ? list(request, metadata.image())
                        : failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
    }

    private static ListPartitionReassignmentsResponseData list(
            ListPartitionReassignmentsRequestData request, ClusterImage image) {
        List<OngoingTopicReassignment> topics = new ArrayList<>();
        if (image.shards().stream().anyMatch(ShardImage::moving)) {
            if (request.topics() == null) {
                image.forEachTopic(topic -> add(image, topic, IntStream.range(0, topic.partitionCount()), topics));
            } else {
                for (ListPartitionReassignmentsTopics asked : request.topics()) {
                    image.topic(asked.name())
                            .ifPresent(topic -> add(
                                    image,
                                    topic,
                                    asked.partitionIndexes().stream()
                                            .mapToInt(Integer::intValue)
                                            .filter(p -> p >= 0 && p < topic.partitionCount()),
                                    topics));
                }
            }
        }
        return new ListPartitionReassignmentsResponseData()
                .setErrorMessage(null)
                .setTopics(topics);
    }

    private static void add(
            ClusterImage image, TopicImage topic, IntStream partitions, List<OngoingTopicReassignment> topics) {
        List<OngoingPartitionReassignment> moving = new ArrayList<>();
        partitions.forEach(partition -> {
            ShardImage shard = image.shardOf(topic, partition);
            if (shard.moving()) {
                moving.add(new OngoingPartitionReassignment()
                        .setPartitionIndex(partition)
                        .setReplicas(shard.replicas())
                        .setAddingReplicas(shard.adding())
                        .setRemovingReplicas(shard.removing()));
            }
        });
        if (!moving.isEmpty()) {
            topics.add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(moving));
        }
    }

    @Override
    public ListPartitionReassignmentsResponseData failure(
            short version, ListPartitionReassignmentsRequestData request, Errors error) {
        return new ListPartitionReassignmentsResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
