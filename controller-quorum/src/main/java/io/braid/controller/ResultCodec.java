package io.braid.controller;

import io.braid.controller.CommandResult.Item;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** The binary format of results: in snapshots, and on the way to a broker. */
public final class ResultCodec {
    private static final int VERSION = 0;

    private ResultCodec() {}

    public static void write(ByteWriter out, CommandResult result) {
        out.writeVarint(VERSION);
        out.writeSigned(result.error().code());
        out.writeString(result.message());
        out.writeVarlong(result.version());
        out.writeVarlong(result.value());
        out.writeList(result.items(), ResultCodec::writeItem);
        out.writeNoTaggedFields();
    }

    /**
     * Reads a result.
     *
     * @throws MalformedException if the bytes are no result
     */
    public static CommandResult read(ByteReader in) {
        int version = in.readVarint();
        if (version != VERSION) {
            throw new UnknownFormatException("result", 0, version);
        }
        Errors error = readError(in);
        String message = in.readString();
        long at = in.readVarlong();
        long value = in.readVarlong();
        List<Item> items = in.readList(ResultCodec::readItem);
        in.skipTaggedFields();
        return new CommandResult(error, message, at, value, items);
    }

    private static void writeItem(ByteWriter out, Item item) {
        out.writeSigned(item.error().code());
        out.writeString(item.message());
        out.writeString(item.name());
        out.writeUuid(item.id());
        out.writeSigned(item.partitionCount());
        out.writeSigned(item.replicationFactor());
    }

    private static Item readItem(ByteReader in) {
        return new Item(
                readError(in), in.readString(), in.readString(), in.readUuid(), in.readSignedInt(), in.readSignedInt());
    }

    private static Errors readError(ByteReader in) {
        return Errors.forCode((short) in.readSigned());
    }
}
