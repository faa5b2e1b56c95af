package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.protocol.records.FetchedRecords;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Bytes of one file of a snapshot, as many as were asked for unless the file ends. */
public final class ReplicaSnapshotChunkResponse extends ReplicationMessage {
    private Errors error = Errors.NONE;
    private String message = "";
    private FetchedRecords bytes = FetchedRecords.EMPTY;

    public ReplicaSnapshotChunkResponse() {
        super(ReplicationApis.REPLICA_SNAPSHOT_CHUNK);
    }

    public static ReplicaSnapshotChunkResponse failed(Errors error, String message) {
        ReplicaSnapshotChunkResponse response = new ReplicaSnapshotChunkResponse();
        response.error = error;
        response.message = message;
        return response;
    }

    public static ReplicaSnapshotChunkResponse of(FetchedRecords bytes) {
        ReplicaSnapshotChunkResponse response = new ReplicaSnapshotChunkResponse();
        response.bytes = bytes;
        return response;
    }

    public Errors error() {
        return error;
    }

    /** "" when there is nothing to say. */
    public String message() {
        return message;
    }

    public FetchedRecords bytes() {
        return bytes;
    }

    @Override
    List<FetchedRecords> payloads() {
        return List.of(bytes);
    }

    @Override
    void encode(ByteWriter out) {
        out.writeSigned(error.code());
        out.writeString(message);
        out.writeVarint(bytes.sizeInBytes());
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        error = Errors.forCode((short) in.readSigned());
        message = in.readString();
        bytes = received(payloads.next(in.readVarint()));
    }
}
