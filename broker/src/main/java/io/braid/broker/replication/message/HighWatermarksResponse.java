package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** High watermarks in the order in which they were asked for, {@link #UNKNOWN} for what this broker does not lead. */
public final class HighWatermarksResponse extends ReplicationMessage {
    /** The broker does not lead the partition, or does not know yet what earlier leaders committed. */
    public static final long UNKNOWN = -1;

    private Errors error = Errors.NONE;
    private List<Long> highWatermarks = List.of();

    public HighWatermarksResponse() {
        super(ReplicationApis.HIGH_WATERMARKS);
    }

    public static HighWatermarksResponse failed(Errors error) {
        HighWatermarksResponse response = new HighWatermarksResponse();
        response.error = error;
        return response;
    }

    public static HighWatermarksResponse of(List<Long> highWatermarks) {
        HighWatermarksResponse response = new HighWatermarksResponse();
        response.highWatermarks = List.copyOf(highWatermarks);
        return response;
    }

    public Errors error() {
        return error;
    }

    public List<Long> highWatermarks() {
        return highWatermarks;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeSigned(error.code());
        out.writeList(highWatermarks, ByteWriter::writeSigned);
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        error = Errors.forCode((short) in.readSigned());
        highWatermarks = in.readList(ByteReader::readSigned);
    }
}
