package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** What does a controller know of the quorum? Answered by every controller, also by one that has not begun to vote. */
public final class QuorumStatusRequest extends VendorMessage {
    public QuorumStatusRequest() {
        super(VendorApis.QUORUM_STATUS);
    }

    @Override
    protected void encode(ByteWriter out) {}

    @Override
    protected void decode(ByteReader in) {}

    @Override
    protected VendorMessage empty() {
        return new QuorumStatusRequest();
    }
}
