package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import java.util.Objects;

/** A broker registers with the leading controller. The connection it comes on stands for the broker from then on. */
public final class RegisterBrokerRequest extends VendorMessage {
    private byte[] proposal = {};
    private String clusterId = "";

    public RegisterBrokerRequest() {
        super(VendorApis.REGISTER_BROKER);
    }

    /**
     * A registration.
     *
     * @param proposal an encoded RegisterBroker command under its request id
     * @param clusterId the cluster that the broker's data belongs to; "" if it has none yet
     */
    public RegisterBrokerRequest(byte[] proposal, String clusterId) {
        this();
        this.proposal = proposal;
        this.clusterId = Objects.requireNonNull(clusterId);
    }

    public byte[] proposal() {
        return proposal;
    }

    /** "" if the broker belongs to none yet. */
    public String clusterId() {
        return clusterId;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeBytes(proposal);
        out.writeString(clusterId);
    }

    @Override
    protected void decode(ByteReader in) {
        proposal = in.readBytes();
        clusterId = in.readString();
    }

    @Override
    protected VendorMessage empty() {
        return new RegisterBrokerRequest();
    }
}
