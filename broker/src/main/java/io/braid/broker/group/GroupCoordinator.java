package io.braid.broker.group;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * The groups that this broker coordinates, for the handlers of requests: each goes to the partition of its group.
 *
 * <p>Thread-safe; nothing blocks. A future completes on any thread, with the exception of a Kafka error when the whole
 * request failed: NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE may be tried again.
 */
public final class GroupCoordinator {
    private final GroupPartitions partitions;
    private final OffsetsTopic offsetsTopic;
    private final ConsumerProtocol consumerProtocol;
    private final GroupConfig config;
    private final GroupEvents events;

    GroupCoordinator(
            GroupPartitions partitions,
            OffsetsTopic offsetsTopic,
            ConsumerProtocol consumerProtocol,
            GroupConfig config,
            GroupEvents events) {
        this.partitions = partitions;
        this.offsetsTopic = offsetsTopic;
        this.consumerProtocol = consumerProtocol;
        this.config = config;
        this.events = events;
    }

    // ---- where

    /** Finds the coordinators of groups, one for each id, for clients of a listener; makes the offsets topic if need be. */
    public CompletableFuture<List<Coordinator>> find(List<String> groupIds, String listener) {
        return offsetsTopic.ensure().thenApply(error -> {
            ClusterImage image = partitions.image();
            Optional<TopicImage> topic = OffsetsTopic.in(image);
            List<Coordinator> found = new ArrayList<>();
            for (String groupId : groupIds) {
                found.add(
                        topic.isEmpty()
                                ? Coordinator.failed(Errors.COORDINATOR_NOT_AVAILABLE)
                                : find(image, topic.get(), groupId, listener));
            }
            return found;
        });
    }

    private Coordinator find(ClusterImage image, TopicImage topic, String groupId, String listener) {
        int leader =
                image.shardOf(topic, OffsetsTopic.partitionOf(groupId, topic)).leader();
        return image.broker(leader)
                .filter(broker -> !broker.fenced())
                .flatMap(broker -> endpoint(broker, listener))
                .orElseGet(() -> Coordinator.failed(Errors.COORDINATOR_NOT_AVAILABLE));
    }

    private static Optional<Coordinator> endpoint(BrokerImage broker, String listener) {
        return broker.endpoint(listener).map(at -> new Coordinator(Errors.NONE, broker.id(), at.host(), at.port()));
    }

    // ---- members

    public CompletableFuture<JoinGroupResponseData> join(JoinGroupRequestData request, RequestInfo from) {
        return ask(reply -> new JoinGroup(request, from, config, reply));
    }

    public CompletableFuture<SyncGroupResponseData> sync(SyncGroupRequestData request, RequestInfo from) {
        return ask(reply -> new SyncGroup(request, from, reply));
    }

    public CompletableFuture<HeartbeatResponseData> heartbeat(HeartbeatRequestData request, RequestInfo from) {
        return ask(reply -> new Heartbeat(request, from, reply));
    }

    public CompletableFuture<LeaveGroupResponseData> leave(LeaveGroupRequestData request, RequestInfo from) {
        return ask(reply -> new LeaveGroup(request, from, reply));
    }

    public CompletableFuture<ConsumerGroupHeartbeatResponseData> consumerHeartbeat(
            ConsumerGroupHeartbeatRequestData request, RequestInfo from) {
        return ask(reply -> new ConsumerHeartbeat(request, from, consumerProtocol, reply));
    }

    // ---- offsets

    /**
     * Commits offsets.
     *
     * @param mayRead whether the caller may read the topic of that name
     */
    public CompletableFuture<OffsetCommitResponseData> commit(
            OffsetCommitRequestData request, RequestInfo from, Predicate<String> mayRead) {
        long startNs = System.nanoTime();
        CompletableFuture<OffsetCommitResponseData> answer =
                ask(reply -> new CommitOffsets(request, from, config, mayRead, reply));
        return answer.whenComplete((response, thrown) -> {
            if (thrown == null) {
                int offsets = 0;
                for (var topic : response.topics()) {
                    offsets += topic.partitions().size();
                }
                events.committed(offsets, System.nanoTime() - startNs);
            }
        });
    }

    /**
     * Reads committed offsets of one group.
     *
     * @param mayDescribe whether the caller may know of the topic of that name
     */
    public CompletableFuture<OffsetFetchResponseGroup> fetch(
            OffsetFetchRequestGroup request, RequestInfo from, Predicate<String> mayDescribe) {
        return ask(reply -> new FetchOffsets(request, from, mayDescribe, reply));
    }

    /**
     * Deletes committed offsets.
     *
     * @param mayRead whether the caller may read the topic of that name
     */
    public CompletableFuture<OffsetDeleteResponseData> deleteOffsets(
            OffsetDeleteRequestData request, Predicate<String> mayRead) {
        return ask(reply -> new DeleteOffsets(request, mayRead, reply));
    }

    // ---- administration

    /** The groups of all partitions that this broker leads; COORDINATOR_LOAD_IN_PROGRESS while one of them is loaded. */
    public CompletableFuture<List<ListedGroup>> list(Collection<String> states, Collection<String> types) {
        GroupListing listing = GroupListing.of(states, types);
        return partitions.inspectAll(listing::of);
    }

    public CompletableFuture<DescribedGroup> describe(String groupId, short version) {
        return ask(reply -> new DescribeGroup(groupId, version, reply));
    }

    public CompletableFuture<ConsumerGroupDescribeResponseData.DescribedGroup> describeConsumerGroup(String groupId) {
        return ask(reply -> new DescribeConsumerGroup(groupId, consumerProtocol, reply));
    }

    public CompletableFuture<DeletableGroupResult> delete(String groupId) {
        return ask(reply -> new DeleteGroup(groupId, reply));
    }

    private <R> CompletableFuture<R> ask(Function<Reply<R>, GroupRequest> request) {
        FutureReply<R> reply = new FutureReply<>();
        partitions.submit(request.apply(reply));
        return reply.future();
    }
}
