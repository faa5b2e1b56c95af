package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.image.ClusterImage;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * What happened after a version: batches of records, each with the version it leads to; or a part of a snapshot when
 * that version is too old. In the same process it holds the image itself instead, which shares everything with the
 * controller's; an image is never written to a socket.
 */
public final class FetchMetadataResponse extends VendorResponse {
    private long snapshotVersion = -1;
    private int firstChunk;
    private boolean lastChunk;
    private List<byte[]> chunks = List.of();
    private List<byte[]> batches = List.of();
    private final Optional<ClusterImage> image;

    public FetchMetadataResponse() {
        super(VendorApis.FETCH_METADATA);
        image = Optional.empty();
    }

    private FetchMetadataResponse(Errors error, String message, Leader leader, Optional<ClusterImage> image) {
        super(VendorApis.FETCH_METADATA, error, message, leader);
        this.image = image;
    }

    public static FetchMetadataResponse failed(Errors error, String message, Leader leader) {
        return new FetchMetadataResponse(error, message, leader, Optional.empty());
    }

    /**
     * Records that lead on.
     *
     * @param batches encoded by {@link RecordBatch}; none when nothing happened in time
     */
    public static FetchMetadataResponse of(List<byte[]> batches, Leader leader) {
        FetchMetadataResponse response = new FetchMetadataResponse(Errors.NONE, "", leader, Optional.empty());
        response.batches = batches;
        return response;
    }

    public static FetchMetadataResponse of(ClusterImage image, Leader leader) {
        return new FetchMetadataResponse(Errors.NONE, "", leader, Optional.of(image));
    }

    /**
     * A part of a snapshot.
     *
     * @param firstChunk index of the first of these chunks; 0 when the broker has to begin from the start
     */
    public static FetchMetadataResponse snapshot(
            long version, int firstChunk, List<byte[]> chunks, boolean last, Leader leader) {
        FetchMetadataResponse response = new FetchMetadataResponse(Errors.NONE, "", leader, Optional.empty());
        response.snapshotVersion = version;
        response.firstChunk = firstChunk;
        response.chunks = chunks;
        response.lastChunk = last;
        return response;
    }

    /** Of the snapshot these chunks belong to, or -1 if they are none. */
    public long snapshotVersion() {
        return snapshotVersion;
    }

    public int firstChunk() {
        return firstChunk;
    }

    public boolean lastChunk() {
        return lastChunk;
    }

    public List<byte[]> chunks() {
        return chunks;
    }

    public List<byte[]> batches() {
        return batches;
    }

    /** In the same process only. */
    public Optional<ClusterImage> image() {
        return image;
    }

    @Override
    protected void encodeBody(ByteWriter out) {
        out.writeSigned(snapshotVersion);
        out.writeVarint(firstChunk);
        out.writeBoolean(lastChunk);
        out.writeList(chunks, ByteWriter::writeBytes);
        out.writeList(batches, ByteWriter::writeBytes);
    }

    @Override
    protected void decodeBody(ByteReader in) {
        snapshotVersion = in.readSigned();
        firstChunk = in.readVarint();
        lastChunk = in.readBoolean();
        chunks = in.readList(ByteReader::readBytes);
        batches = in.readList(ByteReader::readBytes);
    }

    @Override
    protected VendorMessage empty() {
        return new FetchMetadataResponse();
    }
}
