package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** What does a controller know of the quorum? Answered by every controller, also by one that has not begun to vote. */
public final class QuorumStatusRequest extends VendorMessage {
    public QuorumStatusRequest() {
        super(VendorApis.QUORUM_STATUS);
    }

    @Override
    void encode(ByteWriter out) {}

    @Override
    void decode(ByteReader in) {}

    @Override
    VendorMessage empty() {
        return new QuorumStatusRequest();
    }
}
