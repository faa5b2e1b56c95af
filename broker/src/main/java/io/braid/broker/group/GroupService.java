package io.braid.broker.group;

import io.braid.broker.config.ConfigValues;
import io.braid.broker.config.CoordinatorKeys;
import io.braid.broker.group.api.ConsumerGroupDescribeHandler;
import io.braid.broker.group.api.ConsumerGroupHeartbeatHandler;
import io.braid.broker.group.api.DeleteGroupsHandler;
import io.braid.broker.group.api.DescribeGroupsHandler;
import io.braid.broker.group.api.FindCoordinatorHandler;
import io.braid.broker.group.api.HeartbeatHandler;
import io.braid.broker.group.api.JoinGroupHandler;
import io.braid.broker.group.api.LeaveGroupHandler;
import io.braid.broker.group.api.ListGroupsHandler;
import io.braid.broker.group.api.OffsetCommitHandler;
import io.braid.broker.group.api.OffsetDeleteHandler;
import io.braid.broker.group.api.OffsetFetchHandler;
import io.braid.broker.group.api.SyncGroupHandler;
import io.braid.broker.group.consumer.ConsumerGroupConfig;
import io.braid.broker.group.consumer.ServerAssignedProtocol;
import io.braid.broker.handler.HandlerTable;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.replication.HighWatermarks;
import io.braid.broker.security.Authorizer;
import io.braid.broker.shard.Shards;
import io.braid.controller.PoolPolicy;
import io.braid.image.ClusterImage;
import io.braid.image.ImageChanges;
import io.braid.image.TopicImage;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Everything about groups on one node, put together. {@link #apply} is called by one thread at a time, the rest by any.
 */
public final class GroupService implements AutoCloseable {
    /**
     * What the node gives.
     *
     * @param minInSyncReplicas of a topic as it is configured now
     * @param readers threads that may wait for a disk
     * @param background threads for assignments
     */
    public record Node(
            int nodeId,
            ConfigValues values,
            PoolPolicy pools,
            MetadataSource metadata,
            Shards shards,
            ToIntFunction<TopicImage> minInSyncReplicas,
            Executor readers,
            Executor background,
            GroupEvents events) {}

    private final GroupPartitions partitions;
    private final GroupCoordinator coordinator;
    private final GroupCensusTaker census;

    public GroupService(Node node) {
        GroupConfig config = config(node.values());
        ConsumerProtocol consumerProtocol = new ServerAssignedProtocol(consumerConfig(node.values()));
        RecordCodec codec = new RecordCodec(consumerProtocol);
        MetadataSource metadata = node.metadata();
        partitions = new GroupPartitions(
                node.nodeId(),
                metadata::image,
                (topic, partition) -> new GroupShard(
                        partition,
                        log(node, topic),
                        () -> new GroupCore(consumerProtocol, config, Uuid::randomUuid),
                        codec,
                        metadata::image,
                        node.background(),
                        node.events()));
        census = new GroupCensusTaker(partitions);
        OffsetsTopic offsetsTopic = new OffsetsTopic(
                metadata,
                new OffsetsTopic.Plan(
                        node.values().get(CoordinatorKeys.OFFSETS_TOPIC_PARTITIONS),
                        node.values().get(CoordinatorKeys.OFFSETS_TOPIC_REPLICATION_FACTOR),
                        node.pools()));
        coordinator = new GroupCoordinator(partitions, offsetsTopic, consumerProtocol, config, node.events());
    }

    /** Adds a handler for each API of groups. */
    public void addTo(HandlerTable.Builder table, Authorizer authorizer) {
        table.kafka(ApiKeys.FIND_COORDINATOR, new FindCoordinatorHandler(coordinator, authorizer))
                .kafka(ApiKeys.JOIN_GROUP, new JoinGroupHandler(coordinator, authorizer))
                .kafka(ApiKeys.SYNC_GROUP, new SyncGroupHandler(coordinator, authorizer))
                .kafka(ApiKeys.HEARTBEAT, new HeartbeatHandler(coordinator, authorizer))
                .kafka(ApiKeys.LEAVE_GROUP, new LeaveGroupHandler(coordinator, authorizer))
                .kafka(ApiKeys.CONSUMER_GROUP_HEARTBEAT, new ConsumerGroupHeartbeatHandler(coordinator, authorizer))
                .kafka(ApiKeys.OFFSET_COMMIT, new OffsetCommitHandler(coordinator, authorizer))
                .kafka(ApiKeys.OFFSET_FETCH, new OffsetFetchHandler(coordinator, authorizer))
                .kafka(ApiKeys.OFFSET_DELETE, new OffsetDeleteHandler(coordinator, authorizer))
                .kafka(ApiKeys.LIST_GROUPS, new ListGroupsHandler(coordinator, authorizer))
                .kafka(ApiKeys.DESCRIBE_GROUPS, new DescribeGroupsHandler(coordinator, authorizer))
                .kafka(ApiKeys.CONSUMER_GROUP_DESCRIBE, new ConsumerGroupDescribeHandler(coordinator, authorizer))
                .kafka(ApiKeys.DELETE_GROUPS, new DeleteGroupsHandler(coordinator, authorizer));
    }

    /** Follows an image that the shards have applied, and what has changed by it. */
    public void apply(ClusterImage image, Optional<ImageChanges> changes) {
        partitions.apply(image);
        changes.ifPresent(partitions::apply);
    }

    /** Counts groups and measures their lag; fails while a partition is being loaded. Any thread; does not block. */
    public CompletableFuture<GroupCensus> census(HighWatermarks leaders) {
        return census.take(leaders);
    }

    @Override
    public void close() {
        partitions.close();
    }

    private static ShardCoordinatorLog log(Node node, TopicImage topic) {
        return new ShardCoordinatorLog(
                node.shards(),
                topic,
                () -> OffsetsTopic.in(node.metadata().image()).orElse(topic),
                node.minInSyncReplicas(),
                node.readers());
    }

    private static GroupConfig config(ConfigValues values) {
        return new GroupConfig(
                values.get(CoordinatorKeys.MIN_SESSION_TIMEOUT_MS),
                values.get(CoordinatorKeys.MAX_SESSION_TIMEOUT_MS),
                values.get(CoordinatorKeys.INITIAL_REBALANCE_DELAY_MS),
                values.get(CoordinatorKeys.MAX_SIZE),
                values.get(CoordinatorKeys.OFFSETS_RETENTION_MINUTES) * 60_000L,
                values.get(CoordinatorKeys.OFFSETS_CHECK_INTERVAL_MS),
                values.get(CoordinatorKeys.OFFSET_METADATA_MAX_BYTES));
    }

    private static ConsumerGroupConfig consumerConfig(ConfigValues values) {
        String policy = values.get(CoordinatorKeys.CONSUMER_MIGRATION_POLICY).toUpperCase(Locale.ROOT);
        return new ConsumerGroupConfig(
                values.get(CoordinatorKeys.CONSUMER_SESSION_TIMEOUT_MS),
                values.get(CoordinatorKeys.CONSUMER_HEARTBEAT_INTERVAL_MS),
                values.get(CoordinatorKeys.CONSUMER_MAX_SIZE),
                values.get(CoordinatorKeys.CONSUMER_ASSIGNORS),
                ConsumerGroupConfig.MigrationPolicy.valueOf(policy),
                ConsumerGroupConfig.DEFAULT.inlineCost());
    }
}
