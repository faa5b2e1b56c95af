package io.braid.broker.operate;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.quorum.message.VendorMessage;

/** Asks a broker what it holds of each shard. */
public final class ShardStatsRequest extends VendorMessage {
    public ShardStatsRequest() {
        super(OperatorApis.SHARD_STATS);
    }

    @Override
    protected void encode(ByteWriter out) {}

    @Override
    protected void decode(ByteReader in) {}

    @Override
    protected VendorMessage empty() {
        return new ShardStatsRequest();
    }
}
