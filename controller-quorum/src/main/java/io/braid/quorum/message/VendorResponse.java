package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import org.apache.kafka.common.protocol.Errors;

/** What every answer of a controller begins with: how it went, and who leads. */
public abstract class VendorResponse extends VendorMessage {
    private Errors error = Errors.NONE;
    private String message = "";
    private Leader leader = Leader.UNKNOWN;

    VendorResponse(short apiKey) {
        super(apiKey);
    }

    VendorResponse(short apiKey, Errors error, String message, Leader leader) {
        super(apiKey);
        this.error = error;
        this.message = message;
        this.leader = leader;
    }

    /**
     * The controller that leads, as far as the answering one knows.
     *
     * @param nodeId or -1
     * @param host "" when unknown; with {@code port}, its controller listener
     */
    public record Leader(int nodeId, String host, int port) {
        public static final Leader UNKNOWN = new Leader(-1, "", 0);
    }

    public Errors error() {
        return error;
    }

    /** "" when there is nothing to say. */
    public String message() {
        return message;
    }

    public Leader leader() {
        return leader;
    }

    @Override
    protected final void encode(ByteWriter out) {
        out.writeSigned(error.code());
        out.writeString(message);
        out.writeSigned(leader.nodeId());
        out.writeString(leader.host());
        out.writeVarint(leader.port());
        encodeBody(out);
    }

    @Override
    protected final void decode(ByteReader in) {
        error = Errors.forCode((short) in.readSigned());
        message = in.readString();
        leader = new Leader(in.readSignedInt(), in.readString(), in.readVarint());
        decodeBody(in);
    }

    protected abstract void encodeBody(ByteWriter out);

    protected abstract void decodeBody(ByteReader in);
}
