package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/**
 * DescribeTopicPartitions (KIP-966): topics and their partitions in the order of their names, a page at a time. The
 * request says where the page begins and how many partitions it may hold; the answer where the next one begins.
 *
 * <p>A page costs its own size, whatever the number of topics (see {@link SortedTopicNames}). There are no eligible
 * leader replicas: the fields are empty lists.
 */
public final class DescribeTopicPartitionsHandler
        implements AnsweringHandler<DescribeTopicPartitionsRequestData, DescribeTopicPartitionsResponseData> {

    private final ListenerViews views;
    private final Authorizer authorizer;
    private final int maxPartitions;
    private final Executor background;
    private final SortedTopicNames allNames = new SortedTopicNames();

    /**
     * @param maxPartitions the most partitions in a page: {@code max.request.partition.size.limit}
     * @param background answers requests for all topics
     */
    public DescribeTopicPartitionsHandler(
            ListenerViews views, Authorizer authorizer, int maxPartitions, Executor background) {
        this.views = views;
        this.authorizer = authorizer;
        this.maxPartitions = maxPartitions;
        this.background = background;
    }

    @Override
    public Executor executorFor(short version, DescribeTopicPartitionsRequestData request) {
        return request.topics().isEmpty() ? background : HERE;
    }

    @Override
    public CompletableFuture<DescribeTopicPartitionsResponseData> answer(
            Caller caller, short version, DescribeTopicPartitionsRequestData request) {
        DescribeTopicPartitionsRequestData.Cursor cursor = request.cursor();
        if (cursor != null && cursor.partitionIndex() < 0) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.INVALID_REQUEST));
        }
        String first = cursor == null ? "" : cursor.topicName();
        int firstPartition = cursor == null ? 0 : cursor.partitionIndex();
        boolean all = request.topics().isEmpty();
        ListenerView view = views.of(caller.listener());
        List<String> names = all ? from(allNames.of(view.image()), first) : from(namesIn(request), first);
        if (cursor != null && !all && (names.isEmpty() || !names.get(0).equals(first))) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.INVALID_REQUEST));
        }
        int limit = Math.max(1, Math.min(maxPartitions, request.responsePartitionLimit()));
        return CompletableFuture.completedFuture(page(caller, view, names, first, firstPartition, limit, all));
    }

    @Override
    public DescribeTopicPartitionsResponseData failure(
            short version, DescribeTopicPartitionsRequestData request, Errors error) {
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        request.topics().forEach(topic -> response.topics()
                .add(new DescribeTopicPartitionsResponseTopic()
                        .setErrorCode(error.code())
                        .setName(topic.name())
                        .setPartitions(List.of())));
        return response;
    }

    /**
     * @param names in order, beginning with the first topic of the page
     * @param skipMissing whether names without a topic are left out (they were deleted meanwhile) or answered as errors
     */
    private DescribeTopicPartitionsResponseData page(
            Caller caller,
            ListenerView view,
            List<String> names,
            String first,
            int firstPartition,
            int limit,
            boolean skipMissing) {
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        int room = limit;
        for (String name : names) {
            if (!authorizer.allowsOnTopic(caller, AclOperation.DESCRIBE, name)) {
                if (!skipMissing) {
                    response.topics().add(noTopic(Errors.TOPIC_AUTHORIZATION_FAILED, name));
                }
                continue;
            }
            Optional<TopicImage> topic = view.image().topic(name);
            if (topic.isEmpty()) {
                if (!skipMissing) {
                    response.topics().add(noTopic(missing(name), name).setIsInternal(Topic.isInternal(name)));
                }
                continue;
            }
            if (room == 0) {
                return response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
            }
            int from = name.equals(first) ? Math.min(firstPartition, topic.get().partitionCount()) : 0;
            int to = from + Math.min(room, topic.get().partitionCount() - from);
            response.topics().add(describe(caller, view, topic.get(), from, to));
            if (to < topic.get().partitionCount()) {
                return response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
            }
            room -= to - from;
        }
        return response;
    }

    private DescribeTopicPartitionsResponseTopic describe(
            Caller caller, ListenerView view, TopicImage topic, int from, int to) {
        List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>(to - from);
        for (int partition = from; partition < to; partition++) {
            ListenerView.Shard shard = view.shard(topic.shardOf(partition));
            partitions.add(new DescribeTopicPartitionsResponsePartition()
                    .setPartitionIndex(partition)
                    .setLeaderId(shard.leader())
                    .setLeaderEpoch(shard.leaderEpoch())
                    .setReplicaNodes(shard.replicas())
                    .setIsrNodes(shard.isr())
                    .setOfflineReplicas(shard.offline())
                    .setEligibleLeaderReplicas(List.of())
                    .setLastKnownElr(List.of()));
        }
        return new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.internal())
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(authorizer.allowedOperations(caller, ResourceType.TOPIC, topic.name()));
    }

    private static DescribeTopicPartitionsResponseTopic noTopic(Errors error, String name) {
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode(error.code())
                .setName(name);
    }

    private static Errors missing(String name) {
        return Topic.isValid(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
    }

    private static String[] namesIn(DescribeTopicPartitionsRequestData request) {
        return request.topics().stream()
                .map(topic -> topic.name())
                .sorted()
                .distinct()
                .toArray(String[]::new);
    }

    private static List<String> from(String[] sorted, String first) {
        int found = Arrays.binarySearch(sorted, first);
        return Arrays.asList(sorted).subList(found >= 0 ? found : -found - 1, sorted.length);
    }
}
