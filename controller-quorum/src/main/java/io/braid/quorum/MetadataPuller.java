package io.braid.quorum;

import io.braid.controller.SnapshotCodec;
import io.braid.image.ClusterImage;
import io.braid.image.ImageBuilder;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.RecordBatch;

/** Follows the cluster's metadata: what to ask for next, and the image that an answer leads to. Owned by the session's thread. */
public final class MetadataPuller {
    private static final int MAX_BYTES = 8 << 20;

    private final int brokerId;
    private final int maxWaitMs;
    private SnapshotCodec.Decoder snapshot = new SnapshotCodec.Decoder();
    private long snapshotVersion = -1;
    private int chunksHad;

    public MetadataPuller(int brokerId, int maxWaitMs) {
        this.brokerId = brokerId;
        this.maxWaitMs = maxWaitMs;
    }

    public FetchMetadataRequest nextRequest(ClusterImage have) {
        FetchMetadataRequest request = new FetchMetadataRequest(brokerId, have.version(), maxWaitMs, MAX_BYTES);
        return snapshotVersion < 0 ? request : request.continuing(snapshotVersion, chunksHad);
    }

    /**
     * The image after an answer; the same if it brought nothing (yet).
     *
     * @throws io.braid.controller.MalformedException if it cannot be read, or was written by a newer release
     */
    public ClusterImage onAnswer(FetchMetadataResponse answer, ClusterImage have) {
        if (answer.image().isPresent()) {
            return answer.image().get();
        }
        if (answer.snapshotVersion() >= 0) {
            return onSnapshot(answer, have);
        }
        reset();
        ImageBuilder next = have.edit();
        long version = have.version();
        for (byte[] encoded : answer.batches()) {
            RecordBatch batch = RecordBatch.decode(encoded);
            if (batch.before() == version) {
                next.apply(batch.records());
                version = batch.version();
            }
        }
        return version == have.version() ? have : next.build(version);
    }

    /** The controller was lost: what was had of a snapshot is of no use to another. */
    public void reset() {
        snapshotVersion = -1;
        chunksHad = 0;
    }

    private ClusterImage onSnapshot(FetchMetadataResponse answer, ClusterImage have) {
        if (answer.firstChunk() == 0) {
            snapshot = new SnapshotCodec.Decoder();
            snapshotVersion = answer.snapshotVersion();
            chunksHad = 0;
        }
        if (answer.snapshotVersion() != snapshotVersion || answer.firstChunk() != chunksHad) {
            reset();
            return have;
        }
        for (byte[] chunk : answer.chunks()) {
            snapshot.accept(chunk);
            chunksHad++;
        }
        if (!answer.lastChunk()) {
            return have;
        }
        ClusterImage image = snapshot.finish().image();
        snapshot = new SnapshotCodec.Decoder();
        reset();
        return image;
    }
}
