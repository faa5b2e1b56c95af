package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * A message that is written as its length, its fields in the metadata formats with tagged fields behind them (which a
 * receiver of an older version skips), and then the bytes of its payloads, which are not copied.
 */
public abstract class ReplicationMessage implements ApiMessage {
    private final short apiKey;

    ReplicationMessage(short apiKey) {
        this.apiKey = apiKey;
    }

    /** Writes all fields, the sizes of the payloads among them. */
    abstract void encode(ByteWriter out);

    /** Reads what {@link #encode} wrote into this message, which is new; payloads are taken from the source in order. */
    abstract void decode(ByteReader in, PayloadSource payloads);

    /** What goes behind the fields, in order. */
    List<FetchedRecords> payloads() {
        return List.of();
    }

    /** Hands out the bytes behind the fields of a message that is read. */
    @FunctionalInterface
    interface PayloadSource {
        /** The next {@code size} bytes, a view of what was received. */
        ByteBuffer next(int size);
    }

    /** Bytes that were received, as a payload. */
    static FetchedRecords received(ByteBuffer bytes) {
        return bytes.hasRemaining()
                ? FetchedRecords.of(List.of(new FetchedRecords.Bytes(Unpooled.wrappedBuffer(bytes))))
                : FetchedRecords.EMPTY;
    }

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
        byte[] fields = fields();
        cache.cacheSerializedValue(this, fields);
        size.addBytes(Integer.BYTES + fields.length);
        for (FetchedRecords payload : payloads()) {
            size.addZeroCopyBytes(payload.sizeInBytes());
        }
    }

    @Override
    public final void write(Writable writable, ObjectSerializationCache cache, short version) {
        byte[] cached = cache.getSerializedValue(this);
        byte[] fields = cached == null ? fields() : cached;
        writable.writeInt(fields.length);
        writable.writeByteArray(fields);
        for (FetchedRecords payload : payloads()) {
            writable.writeRecords(payload);
        }
    }

    @Override
    public final void read(Readable readable, short version) {
        int length = readable.readInt();
        if (length < 0 || length > readable.remaining()) {
            throw new MalformedException("fields of " + length + " bytes in a message of " + readable.remaining());
        }
        ByteReader in = new ByteReader(readable.readArray(length));
        decode(in, readable::readByteBuffer);
        in.skipTaggedFields();
        in.expectEnd();
        if (readable.remaining() != 0) {
            throw new MalformedException(readable.remaining() + " bytes too many behind the fields");
        }
    }

    @Override
    public final List<RawTaggedField> unknownTaggedFields() {
        return List.of();
    }

    /** Not offered: payloads have one owner. */
    @Override
    public final Message duplicate() {
        throw new UnsupportedOperationException("a message with payloads is not copied");
    }

    private byte[] fields() {
        ByteWriter out = new ByteWriter();
        encode(out);
        out.writeNoTaggedFields();
        return out.toByteArray();
    }
}
