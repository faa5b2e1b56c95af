package io.braid.broker.handler;

import io.braid.broker.config.BrokerConfigs;
import io.braid.broker.config.ConfigValues;
import io.braid.broker.config.GroupConfigs;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.TopicConfigs;
import io.braid.broker.config.TopicDefaultKeys;
import io.braid.broker.security.Authorizer;
import io.braid.controller.PoolPolicy;
import io.braid.quorum.QuorumInfo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Puts the handlers of metadata and administration together.
 *
 * @param node the node's configuration
 * @param metadata the cluster's metadata
 * @param readiness what this broker says of the shards that it leads
 * @param authorizer asked by every handler
 * @param logDirs what this broker stores
 * @param quorum asks a controller for what it knows of the quorum
 * @param background a few threads for answers that would hold up an event loop; its queue must be bounded. A request
 *     that it rejects closes its connection
 */
public record AdminHandlers(
        NodeConfig node,
        MetadataSource metadata,
        ShardReadiness readiness,
        Authorizer authorizer,
        LogDirs logDirs,
        Supplier<CompletableFuture<QuorumInfo>> quorum,
        Executor background) {

    /** InitProducerId is offered up to this version, the newest of the message classes, though Kafka calls it unstable. */
    private static final int INIT_PRODUCER_ID_VERSIONS = 6;

    /** Adds a handler for each API of metadata and administration. */
    public void addTo(HandlerTable.Builder table) {
        int nodeId = node.node().nodeId();
        ConfigValues values = node.values();
        TopicConfigs topicConfigs = new TopicConfigs(values);
        ListenerViews views = new ListenerViews(nodeId, metadata, readiness);
        ResourceConfigs configs =
                new ResourceConfigs(nodeId, topicConfigs, new BrokerConfigs(values), new GroupConfigs());
        ConfigAlterer alterer = new ConfigAlterer(metadata, authorizer, configs);
        PoolPolicy policy =
                new PoolPolicy(node.quorum().shardsPerPool(), node.quorum().minBrokersForPool());
        TopicCreator creator = new TopicCreator(nodeId, metadata, topicConfigs, defaults(), policy);
        NodeConfig.Topics topics = node.topics();
        table.knowing(ApiKeys.API_VERSIONS, catalog -> new ApiVersionsHandler(catalog, nodeId, metadata))
                .kafka(
                        ApiKeys.METADATA,
                        new MetadataHandler(
                                views, authorizer, new TopicAutoCreator(creator), topics::autoCreate, background))
                .kafka(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        new DescribeTopicPartitionsHandler(
                                views, authorizer, node.requests().maxDescribedPartitions(), background))
                .kafka(ApiKeys.DESCRIBE_CLUSTER, new DescribeClusterHandler(views, authorizer))
                .kafka(
                        ApiKeys.DESCRIBE_QUORUM,
                        new DescribeQuorumHandler(authorizer, quorum, System::currentTimeMillis))
                .kafka(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        new DescribeLogDirsHandler(nodeId, metadata, authorizer, logDirs, background))
                .kafka(ApiKeys.CREATE_TOPICS, new CreateTopicsHandler(metadata, authorizer, creator, background))
                .kafka(
                        ApiKeys.DELETE_TOPICS,
                        new DeleteTopicsHandler(metadata, authorizer, topics.deleteEnabled(), background))
                .kafka(
                        ApiKeys.CREATE_PARTITIONS,
                        new CreatePartitionsHandler(metadata, authorizer, topics.maxPartitions(), background))
                .kafka(ApiKeys.DESCRIBE_CONFIGS, new DescribeConfigsHandler(metadata, authorizer, configs))
                .kafka(ApiKeys.INCREMENTAL_ALTER_CONFIGS, new IncrementalAlterConfigsHandler(alterer))
                .kafka(ApiKeys.ALTER_CONFIGS, new AlterConfigsHandler(alterer))
                .kafka(ApiKeys.LIST_CONFIG_RESOURCES, new ListConfigResourcesHandler(metadata, authorizer, background))
                .kafka(
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        new AlterPartitionReassignmentsHandler(metadata, authorizer))
                .kafka(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        new ListPartitionReassignmentsHandler(metadata, authorizer, background))
                .kafka(ApiKeys.ELECT_LEADERS, new ElectLeadersHandler(metadata, authorizer, background))
                .kafka(
                        ApiKeys.INIT_PRODUCER_ID,
                        0,
                        INIT_PRODUCER_ID_VERSIONS,
                        new InitProducerIdHandler(authorizer, new ProducerIds(nodeId, metadata)))
                .kafka(ApiKeys.DESCRIBE_ACLS, new DescribeAclsHandler())
                .kafka(ApiKeys.CREATE_ACLS, new CreateAclsHandler())
                .kafka(ApiKeys.DELETE_ACLS, new DeleteAclsHandler());
    }

    private TopicDefaults defaults() {
        NodeConfig.Topics topics = node.topics();
        boolean given = node.values().isGiven(TopicDefaultKeys.DEFAULT_REPLICATION_FACTOR.name());
        return new TopicDefaults(
                topics.numPartitions(),
                given ? topics.defaultReplicationFactor() : TopicDefaults.OF_THE_POOL,
                topics.maxPartitions());
    }
}
