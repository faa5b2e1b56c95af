package io.braid.protocol.watch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * A message of the watch: fields as Kafka's flexible versions write them, tagged fields behind. A list is its size as
 * unsigned varint and its elements; a string its length in bytes in the same way, and UTF-8.
 */
abstract class WatchMessage implements ApiMessage {
    private final List<RawTaggedField> unknownTaggedFields = new ArrayList<>(0);

    /** Writes all fields. */
    abstract void encode(Writable out);

    /** Reads what {@link #encode} wrote into this message, which is new. */
    abstract void decode(Readable in);

    @Override
    public final short apiKey() {
        return WatchApi.KEY;
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
        CountingWritable count = new CountingWritable();
        encode(count);
        count.writeUnsignedVarint(0);
        size.addBytes(count.bytes());
    }

    @Override
    public final void write(Writable out, ObjectSerializationCache cache, short version) {
        encode(out);
        out.writeUnsignedVarint(0);
    }

    @Override
    public final void read(Readable in, short version) {
        decode(in);
        for (int fields = in.readUnsignedVarint(); fields > 0; fields--) {
            in.readUnknownTaggedField(new ArrayList<>(0), in.readUnsignedVarint(), in.readUnsignedVarint());
        }
    }

    @Override
    public final List<RawTaggedField> unknownTaggedFields() {
        return unknownTaggedFields;
    }

    static void writeString(Writable out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeUnsignedVarint(bytes.length);
        out.writeByteArray(bytes);
    }

    static String readString(Readable in) {
        return in.readString(in.readUnsignedVarint());
    }

    /** The size of a list, of which each element takes at least {@code elementBytes}: a size that lies ends here. */
    static int readSize(Readable in, int elementBytes) {
        int size = in.readUnsignedVarint();
        if (size < 0 || (long) size * elementBytes > in.remaining()) {
            throw new IllegalArgumentException("a list of " + size + " in " + in.remaining() + " bytes");
        }
        return size;
    }
}
