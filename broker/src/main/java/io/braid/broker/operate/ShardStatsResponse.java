package io.braid.broker.operate;

import io.braid.broker.shard.ShardStatus;
import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.quorum.message.VendorMessage;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** What a broker holds of each shard. */
public final class ShardStatsResponse extends OperatorResponse {
    private int brokerId = -1;
    private List<ShardStatus> shards = List.of();

    public ShardStatsResponse() {
        super(OperatorApis.SHARD_STATS);
    }

    ShardStatsResponse(Errors error, String message) {
        super(OperatorApis.SHARD_STATS, error, message);
    }

    ShardStatsResponse(int brokerId, List<ShardStatus> shards) {
        this();
        this.brokerId = brokerId;
        this.shards = List.copyOf(shards);
    }

    public int brokerId() {
        return brokerId;
    }

    /** Those with a log here, by id. */
    public List<ShardStatus> shards() {
        return shards;
    }

    @Override
    void encodeBody(ByteWriter out) {
        out.writeSigned(brokerId);
        out.writeList(shards, (to, shard) -> {
            to.writeVarint(shard.shardId());
            to.writeBoolean(shard.leads());
            to.writeVarlong(shard.bytes());
            to.writeVarlong(shard.nextLsn());
            to.writeVarlong(shard.commitLsn());
            to.writeVarlong(shard.appendedBytes());
        });
    }

    @Override
    void decodeBody(ByteReader in) {
        brokerId = in.readSignedInt();
        shards = in.readList(from -> new ShardStatus(
                from.readVarint(),
                from.readBoolean(),
                from.readVarlong(),
                from.readVarlong(),
                from.readVarlong(),
                from.readVarlong()));
    }

    @Override
    protected VendorMessage empty() {
        return new ShardStatsResponse();
    }
}
