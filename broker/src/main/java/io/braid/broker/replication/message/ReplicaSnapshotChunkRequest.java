package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** Asks for bytes of one file of a snapshot. */
public final class ReplicaSnapshotChunkRequest extends ReplicationMessage {
    private long snapshotId;
    private String file = "";
    private long position;
    private int maxBytes;

    public ReplicaSnapshotChunkRequest() {
        super(ReplicationApis.REPLICA_SNAPSHOT_CHUNK);
    }

    /**
     * @param file its name in the manifest
     * @param position in bytes; the end of the file gives up nothing and keeps the snapshot
     * @param maxBytes 0 ends the snapshot: its files need not be kept any longer
     */
    public ReplicaSnapshotChunkRequest(long snapshotId, String file, long position, int maxBytes) {
        this();
        this.snapshotId = snapshotId;
        this.file = file;
        this.position = position;
        this.maxBytes = maxBytes;
    }

    public long snapshotId() {
        return snapshotId;
    }

    public String file() {
        return file;
    }

    public long position() {
        return position;
    }

    public int maxBytes() {
        return maxBytes;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeSigned(snapshotId);
        out.writeString(file);
        out.writeVarlong(position);
        out.writeVarint(maxBytes);
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        snapshotId = in.readSigned();
        file = in.readString();
        position = in.readVarlong();
        maxBytes = in.readVarint();
    }
}
