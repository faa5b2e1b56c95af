package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * A message that is written as one block of bytes: its fields in the metadata formats, then tagged fields, which a
 * receiver of an older version skips. Equal when its bytes are.
 */
public abstract class VendorMessage implements ApiMessage {
    private final short apiKey;

    protected VendorMessage(short apiKey) {
        this.apiKey = apiKey;
    }

    /** Writes all fields. */
    protected abstract void encode(ByteWriter out);

    /** Reads what {@link #encode} wrote into this message, which is new. */
    protected abstract void decode(ByteReader in);

    /** A message of the same class without content. */
    protected abstract VendorMessage empty();

    @Override
    public final short apiKey() {
        return apiKey;
    }

    @Override
    public final short lowestSupportedVersion() {
        return 0;
    }

    @Override
    public final short highestSupportedVersion() {
        return 0;
    }

    @Override
    public final void addSize(MessageSizeAccumulator size, ObjectSerializationCache cache, short version) {
        byte[] bytes = toBytes();
        cache.cacheSerializedValue(this, bytes);
        size.addBytes(bytes.length);
    }

    @Override
    public final void write(Writable writable, ObjectSerializationCache cache, short version) {
        byte[] bytes = cache.getSerializedValue(this);
        writable.writeByteArray(bytes == null ? toBytes() : bytes);
    }

    @Override
    public final void read(Readable readable, short version) {
        fromBytes(readable.readArray(readable.remaining()));
    }

    @Override
    public final List<RawTaggedField> unknownTaggedFields() {
        return List.of();
    }

    @Override
    public final Message duplicate() {
        VendorMessage copy = empty();
        copy.fromBytes(toBytes());
        return copy;
    }

    private byte[] toBytes() {
        ByteWriter out = new ByteWriter();
        encode(out);
        out.writeNoTaggedFields();
        return out.toByteArray();
    }

    private void fromBytes(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        decode(in);
        in.skipTaggedFields();
        in.expectEnd();
    }
}
