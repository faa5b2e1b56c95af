package io.braid.protocol.network;

import io.braid.protocol.ApiCatalog;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/** A vendor message for tests: some bytes, written by hand as other modules' messages may be. */
final class EchoMessage implements ApiMessage {
    static final short KEY = 10_777;
    static final ApiCatalog CATALOG = ApiCatalog.builder()
            .vendor(KEY, (short) 0, (short) 2, EchoMessage::new, EchoMessage::new, "ECHO")
            .build();

    ByteBuffer payload = ByteBuffer.allocate(0);

    static EchoMessage of(byte[] payload) {
        EchoMessage message = new EchoMessage();
        message.payload = ByteBuffer.wrap(payload);
        return message;
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    @Override
    public short lowestSupportedVersion() {
        return 0;
    }

    @Override
    public short highestSupportedVersion() {
        return 2;
    }

    @Override
    public void addSize(MessageSizeAccumulator size, ObjectSerializationCache cache, short version) {
        size.addBytes(Integer.BYTES);
        size.addZeroCopyBytes(payload.remaining());
    }

    @Override
    public void write(Writable writable, ObjectSerializationCache cache, short version) {
        if (version > 1) {
            throw new IllegalStateException("version " + version + " has no form");
        }
        writable.writeInt(payload.remaining());
        writable.writeByteBuffer(payload);
    }

    @Override
    public void read(Readable readable, short version) {
        payload = readable.readByteBuffer(readable.readInt());
    }

    @Override
    public List<RawTaggedField> unknownTaggedFields() {
        return List.of();
    }

    @Override
    public Message duplicate() {
        throw new UnsupportedOperationException("the echo is never duplicated");
    }
}
