package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** A command for the leading controller; safe to send again. */
public final class SubmitCommandRequest extends VendorMessage {
    private byte[] proposal = {};

    public SubmitCommandRequest() {
        super(VendorApis.SUBMIT_COMMAND);
    }

    /** @param proposal an encoded command under its request id */
    public SubmitCommandRequest(byte[] proposal) {
        this();
        this.proposal = proposal;
    }

    public byte[] proposal() {
        return proposal;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeBytes(proposal);
    }

    @Override
    protected void decode(ByteReader in) {
        proposal = in.readBytes();
    }

    @Override
    protected VendorMessage empty() {
        return new SubmitCommandRequest();
    }
}
