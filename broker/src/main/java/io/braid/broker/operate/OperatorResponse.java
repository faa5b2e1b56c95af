package io.braid.broker.operate;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.quorum.message.VendorMessage;
import org.apache.kafka.common.protocol.Errors;

/** What every answer to an operator begins with: how it went. */
public abstract class OperatorResponse extends VendorMessage {
    private Errors error = Errors.NONE;
    private String message = "";

    OperatorResponse(short apiKey) {
        super(apiKey);
    }

    OperatorResponse(short apiKey, Errors error, String message) {
        super(apiKey);
        this.error = error;
        this.message = message;
    }

    public Errors error() {
        return error;
    }

    /** "" when there is nothing to say. */
    public String message() {
        return message;
    }

    @Override
    protected final void encode(ByteWriter out) {
        out.writeSigned(error.code());
        out.writeString(message);
        encodeBody(out);
    }

    @Override
    protected final void decode(ByteReader in) {
        error = Errors.forCode((short) in.readSigned());
        message = in.readString();
        decodeBody(in);
    }

    abstract void encodeBody(ByteWriter out);

    abstract void decodeBody(ByteReader in);
}
