package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** A broker registers with the leading controller. The connection it comes on stands for the broker from then on. */
public final class RegisterBrokerRequest extends VendorMessage {
    private byte[] proposal = {};

    public RegisterBrokerRequest() {
        super(VendorApis.REGISTER_BROKER);
    }

    /** @param proposal an encoded RegisterBroker command under its request id */
    public RegisterBrokerRequest(byte[] proposal) {
        this();
        this.proposal = proposal;
    }

    public byte[] proposal() {
        return proposal;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeBytes(proposal);
    }

    @Override
    void decode(ByteReader in) {
        proposal = in.readBytes();
    }

    @Override
    VendorMessage empty() {
        return new RegisterBrokerRequest();
    }
}
