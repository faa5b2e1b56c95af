package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import org.apache.kafka.common.protocol.Errors;

/** Whether the broker is fenced, and the metadata version that shows it. */
public final class BrokerHeartbeatResponse extends VendorResponse {
    private boolean fenced = true;
    private long version;

    public BrokerHeartbeatResponse() {
        super(VendorApis.BROKER_HEARTBEAT);
    }

    public BrokerHeartbeatResponse(Errors error, String message, Leader leader, boolean fenced, long version) {
        super(VendorApis.BROKER_HEARTBEAT, error, message, leader);
        this.fenced = fenced;
        this.version = version;
    }

    public boolean fenced() {
        return fenced;
    }

    public long version() {
        return version;
    }

    @Override
    protected void encodeBody(ByteWriter out) {
        out.writeBoolean(fenced);
        out.writeVarlong(version);
    }

    @Override
    protected void decodeBody(ByteReader in) {
        fenced = in.readBoolean();
        version = in.readVarlong();
    }

    @Override
    protected VendorMessage empty() {
        return new BrokerHeartbeatResponse();
    }
}
