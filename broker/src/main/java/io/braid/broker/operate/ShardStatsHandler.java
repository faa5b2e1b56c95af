package io.braid.broker.operate;

import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.broker.shard.ShardStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;

/** ShardStats: what this broker holds of each shard. */
public final class ShardStatsHandler implements AnsweringHandler<ShardStatsRequest, ShardStatsResponse> {
    private final int brokerId;
    private final Authorizer authorizer;
    private final Supplier<CompletableFuture<List<ShardStatus>>> shards;

    /** @param shards asks the shards on their threads */
    public ShardStatsHandler(
            int brokerId, Authorizer authorizer, Supplier<CompletableFuture<List<ShardStatus>>> shards) {
        this.brokerId = brokerId;
        this.authorizer = authorizer;
        this.shards = shards;
    }

    @Override
    public CompletableFuture<ShardStatsResponse> answer(Caller caller, short version, ShardStatsRequest request) {
        return authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)
                ? shards.get().thenApply(all -> new ShardStatsResponse(brokerId, all))
                : CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
    }

    @Override
    public ShardStatsResponse failure(short version, ShardStatsRequest request, Errors error) {
        return new ShardStatsResponse(error, error.message());
    }
}
