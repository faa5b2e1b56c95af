package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.RecordCodec;
import io.braid.image.MetadataRecord;
import java.util.List;

/**
 * The records of one command.
 *
 * @param before the metadata version they follow
 * @param version the one they lead to
 */
public record RecordBatch(long before, long version, List<MetadataRecord> records) {
    public RecordBatch {
        records = List.copyOf(records);
    }

    public byte[] encode() {
        ByteWriter out = new ByteWriter();
        out.writeVarlong(before);
        out.writeVarlong(version);
        RecordCodec.writeAll(out, records);
        out.writeNoTaggedFields();
        return out.toByteArray();
    }

    public static RecordBatch decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        RecordBatch batch = new RecordBatch(in.readVarlong(), in.readVarlong(), RecordCodec.readAll(in));
        in.skipTaggedFields();
        in.expectEnd();
        return batch;
    }
}
