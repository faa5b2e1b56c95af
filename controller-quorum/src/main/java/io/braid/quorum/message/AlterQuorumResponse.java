package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import org.apache.kafka.common.protocol.Errors;

/** Whether the controllers there are to be were changed. The Raft group follows within seconds. */
public final class AlterQuorumResponse extends VendorResponse {
    private int generation = -1;

    public AlterQuorumResponse() {
        super(VendorApis.ALTER_QUORUM);
    }

    public AlterQuorumResponse(Errors error, String message, Leader leader, int generation) {
        super(VendorApis.ALTER_QUORUM, error, message, leader);
        this.generation = generation;
    }

    /** Of the controller that was added or replaced, else -1. */
    public int generation() {
        return generation;
    }

    @Override
    protected void encodeBody(ByteWriter out) {
        out.writeSigned(generation);
    }

    @Override
    protected void decodeBody(ByteReader in) {
        generation = in.readSignedInt();
    }

    @Override
    protected VendorMessage empty() {
        return new AlterQuorumResponse();
    }
}
