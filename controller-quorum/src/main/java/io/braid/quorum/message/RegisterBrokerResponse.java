package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import org.apache.kafka.common.protocol.Errors;

/** The broker epoch, and the metadata version that shows the registration. */
public final class RegisterBrokerResponse extends VendorResponse {
    private long brokerEpoch = -1;
    private long version;

    public RegisterBrokerResponse() {
        super(VendorApis.REGISTER_BROKER);
    }

    public RegisterBrokerResponse(Errors error, String message, Leader leader, long brokerEpoch, long version) {
        super(VendorApis.REGISTER_BROKER, error, message, leader);
        this.brokerEpoch = brokerEpoch;
        this.version = version;
    }

    public long brokerEpoch() {
        return brokerEpoch;
    }

    public long version() {
        return version;
    }

    @Override
    protected void encodeBody(ByteWriter out) {
        out.writeSigned(brokerEpoch);
        out.writeVarlong(version);
    }

    @Override
    protected void decodeBody(ByteReader in) {
        brokerEpoch = in.readSigned();
        version = in.readVarlong();
    }

    @Override
    protected VendorMessage empty() {
        return new RegisterBrokerResponse();
    }
}
