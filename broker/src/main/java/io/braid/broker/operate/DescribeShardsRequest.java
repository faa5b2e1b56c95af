package io.braid.broker.operate;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.quorum.message.VendorMessage;

/** Asks a broker for brokers, pools and shards as its metadata shows them. */
public final class DescribeShardsRequest extends VendorMessage {
    private boolean withTopics;

    public DescribeShardsRequest() {
        super(OperatorApis.DESCRIBE_SHARDS);
    }

    /** @param withTopics whether the topics of each pool are wanted, which costs a walk over all */
    public DescribeShardsRequest(boolean withTopics) {
        this();
        this.withTopics = withTopics;
    }

    public boolean withTopics() {
        return withTopics;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeBoolean(withTopics);
    }

    @Override
    protected void decode(ByteReader in) {
        withTopics = in.readBoolean();
    }

    @Override
    protected VendorMessage empty() {
        return new DescribeShardsRequest();
    }
}
