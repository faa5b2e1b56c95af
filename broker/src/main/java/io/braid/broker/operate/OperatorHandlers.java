package io.braid.broker.operate;

import io.braid.broker.handler.ApiHandler;
import io.braid.broker.handler.HandlerTable;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.security.Authorizer;
import io.braid.broker.shard.ShardStatus;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import io.braid.protocol.Api;
import io.braid.quorum.QuorumInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Puts the handlers for operators together.
 *
 * @param shards what this broker holds
 * @param minInSync min.insync.replicas of a topic
 * @param quorum asks the leading controller
 * @param background a few threads for what looks at everything
 */
public record OperatorHandlers(
        int nodeId,
        MetadataSource metadata,
        Authorizer authorizer,
        Supplier<CompletableFuture<List<ShardStatus>>> shards,
        ToIntBiFunction<ClusterImage, TopicImage> minInSync,
        Supplier<CompletableFuture<QuorumInfo>> quorum,
        Executor background) {

    /** Adds the APIs of {@link OperatorApis}, and those of Kafka for the same ends. */
    public void addTo(HandlerTable.Builder table) {
        add(table, OperatorApis.DESCRIBE_SHARDS, new DescribeShardsHandler(metadata, authorizer, background));
        add(table, OperatorApis.SHARD_STATS, new ShardStatsHandler(nodeId, authorizer, shards));
        add(
                table,
                OperatorApis.RESTART_CHECK,
                new RestartCheckHandler(metadata, authorizer, minInSync, quorum, background));
        add(table, OperatorApis.SUBMIT_COMMAND, new OperatorCommandHandler(metadata, authorizer));
        table.kafka(ApiKeys.UNREGISTER_BROKER, new UnregisterBrokerHandler(metadata, authorizer))
                .kafka(ApiKeys.UPDATE_FEATURES, new UpdateFeaturesHandler(metadata, authorizer));
    }

    private static void add(HandlerTable.Builder table, short key, ApiHandler handler) {
        Api api = OperatorApis.CATALOG.api(key).orElseThrow();
        table.vendor(key, api.minVersion(), api.maxVersion(), api::newRequest, api::newResponse, api.name(), handler);
    }
}
