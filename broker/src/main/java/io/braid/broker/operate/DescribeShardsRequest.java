package io.braid.broker.operate;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.quorum.message.VendorMessage;

/** Asks a broker for brokers, pools and shards as its metadata shows them. */
public final class DescribeShardsRequest extends VendorMessage {
    private String topic = "";

    public DescribeShardsRequest() {
        super(OperatorApis.DESCRIBE_SHARDS);
    }

    /** @param topic whose pools are to be shown with all topics in them, which costs a walk over all; "" for none */
    public DescribeShardsRequest(String topic) {
        this();
        this.topic = topic;
    }

    public String topic() {
        return topic;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeString(topic);
    }

    @Override
    protected void decode(ByteReader in) {
        topic = in.readString();
    }

    @Override
    protected VendorMessage empty() {
        return new DescribeShardsRequest();
    }
}
