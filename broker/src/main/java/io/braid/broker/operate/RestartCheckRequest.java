package io.braid.broker.operate;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.quorum.message.VendorMessage;

/** Asks any broker whether one may be stopped. */
public final class RestartCheckRequest extends VendorMessage {
    private int brokerId;

    public RestartCheckRequest() {
        super(OperatorApis.RESTART_CHECK);
    }

    public RestartCheckRequest(int brokerId) {
        this();
        this.brokerId = brokerId;
    }

    public int brokerId() {
        return brokerId;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeVarint(brokerId);
    }

    @Override
    protected void decode(ByteReader in) {
        brokerId = in.readVarint();
    }

    @Override
    protected VendorMessage empty() {
        return new RestartCheckRequest();
    }
}
