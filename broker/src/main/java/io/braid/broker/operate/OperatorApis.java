package io.braid.broker.operate;

import io.braid.protocol.ApiCatalog;
import io.braid.quorum.message.SubmitCommandRequest;
import io.braid.quorum.message.SubmitCommandResponse;
import io.braid.quorum.message.VendorApis;

/** The requests of operators to any broker. */
public final class OperatorApis {
    public static final short DESCRIBE_SHARDS = 10_040;
    public static final short SHARD_STATS = 10_041;
    public static final short RESTART_CHECK = 10_042;
    /** As on a controller's listener, but only for what an operator may ask for; the broker passes it on. */
    public static final short SUBMIT_COMMAND = VendorApis.SUBMIT_COMMAND;

    /** What the command line speaks. */
    public static final ApiCatalog CATALOG = catalog();

    private OperatorApis() {}

    private static ApiCatalog catalog() {
        short v0 = 0;
        return ApiCatalog.builder()
                .vendor(
                        DESCRIBE_SHARDS,
                        v0,
                        v0,
                        DescribeShardsRequest::new,
                        DescribeShardsResponse::new,
                        "DescribeShards")
                .vendor(SHARD_STATS, v0, v0, ShardStatsRequest::new, ShardStatsResponse::new, "ShardStats")
                .vendor(RESTART_CHECK, v0, v0, RestartCheckRequest::new, RestartCheckResponse::new, "RestartCheck")
                .vendor(SUBMIT_COMMAND, v0, v0, SubmitCommandRequest::new, SubmitCommandResponse::new, "SubmitCommand")
                .build();
    }
}
