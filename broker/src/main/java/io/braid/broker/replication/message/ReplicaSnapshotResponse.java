package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.log.SnapshotFile;
import io.braid.log.SnapshotManifest;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** The list of the files, which stay pinned while chunks are asked for. */
public final class ReplicaSnapshotResponse extends ReplicationMessage {
    private Errors error = Errors.NONE;
    private String message = "";
    private long snapshotId = -1;
    private SnapshotManifest manifest = new SnapshotManifest(0, List.of());

    public ReplicaSnapshotResponse() {
        super(ReplicationApis.REPLICA_SNAPSHOT);
    }

    public static ReplicaSnapshotResponse failed(Errors error, String message) {
        ReplicaSnapshotResponse response = new ReplicaSnapshotResponse();
        response.error = error;
        response.message = message;
        return response;
    }

    /**
     * A copy that may be asked for.
     *
     * @param snapshotId to ask for chunks with, valid at this leader until it is not used for a while
     */
    public static ReplicaSnapshotResponse of(long snapshotId, SnapshotManifest manifest) {
        ReplicaSnapshotResponse response = new ReplicaSnapshotResponse();
        response.snapshotId = snapshotId;
        response.manifest = manifest;
        return response;
    }

    public Errors error() {
        return error;
    }

    /** "" when there is nothing to say. */
    public String message() {
        return message;
    }

    public long snapshotId() {
        return snapshotId;
    }

    public SnapshotManifest manifest() {
        return manifest;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeSigned(error.code());
        out.writeString(message);
        out.writeSigned(snapshotId);
        out.writeVarlong(manifest.endLsn());
        out.writeList(manifest.files(), ReplicaSnapshotResponse::writeFile);
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        error = Errors.forCode((short) in.readSigned());
        message = in.readString();
        snapshotId = in.readSigned();
        manifest = new SnapshotManifest(in.readVarlong(), in.readList(ReplicaSnapshotResponse::readFile));
    }

    private static void writeFile(ByteWriter out, SnapshotFile file) {
        out.writeString(file.name());
        out.writeVarlong(file.length());
        out.writeVarint(file.crc32c());
    }

    private static SnapshotFile readFile(ByteReader in) {
        return new SnapshotFile(in.readString(), in.readVarlong(), in.readVarint());
    }
}
