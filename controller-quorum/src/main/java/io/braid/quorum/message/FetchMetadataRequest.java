package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** Asks for what happened after a version; waits for it. Answered by any controller. */
public final class FetchMetadataRequest extends VendorMessage {
    private int brokerId;
    private long afterVersion;
    private int maxWaitMs;
    private int maxBytes;
    private long snapshotVersion = -1;
    private int snapshotChunk;

    public FetchMetadataRequest() {
        super(VendorApis.FETCH_METADATA);
    }

    /** @param afterVersion the version of the image the broker has */
    public FetchMetadataRequest(int brokerId, long afterVersion, int maxWaitMs, int maxBytes) {
        this();
        this.brokerId = brokerId;
        this.afterVersion = afterVersion;
        this.maxWaitMs = maxWaitMs;
        this.maxBytes = maxBytes;
    }

    /** The request for more of a snapshot, of which the chunks before {@code chunk} have come. */
    public FetchMetadataRequest continuing(long version, int chunk) {
        FetchMetadataRequest next = new FetchMetadataRequest(brokerId, afterVersion, maxWaitMs, maxBytes);
        next.snapshotVersion = version;
        next.snapshotChunk = chunk;
        return next;
    }

    public int brokerId() {
        return brokerId;
    }

    public long afterVersion() {
        return afterVersion;
    }

    public int maxWaitMs() {
        return maxWaitMs;
    }

    public int maxBytes() {
        return maxBytes;
    }

    /** Of the snapshot that is being fetched, or -1. */
    public long snapshotVersion() {
        return snapshotVersion;
    }

    /** Index of the first chunk that is wanted. */
    public int snapshotChunk() {
        return snapshotChunk;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeVarint(brokerId);
        out.writeVarlong(afterVersion);
        out.writeVarint(maxWaitMs);
        out.writeVarint(maxBytes);
        out.writeSigned(snapshotVersion);
        out.writeVarint(snapshotChunk);
    }

    @Override
    protected void decode(ByteReader in) {
        brokerId = in.readVarint();
        afterVersion = in.readVarlong();
        maxWaitMs = in.readVarint();
        maxBytes = in.readVarint();
        snapshotVersion = in.readSigned();
        snapshotChunk = in.readVarint();
    }

    @Override
    protected VendorMessage empty() {
        return new FetchMetadataRequest();
    }
}
