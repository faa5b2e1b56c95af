package io.braid.quorum;

import io.braid.controller.SnapshotCodec;
import io.braid.image.ClusterImage;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Snapshots for brokers that are too far behind. One image at a time is encoded, off the controller thread, and kept
 * while brokers fetch it. Owned by the controller thread.
 */
final class SnapshotServer {
    private static final long KEEP_NS = 30_000_000_000L;

    private record Encoded(long version, List<byte[]> chunks) {}

    private final Executor background;
    private CompletableFuture<Encoded> current = new CompletableFuture<>();
    private long currentVersion = -1;
    private long usedNs;

    SnapshotServer(Executor background) {
        this.background = background;
    }

    /** The chunks that are asked for; the future completes on a background thread. */
    CompletableFuture<FetchMetadataResponse> answer(
            FetchMetadataRequest request, ClusterImage image, Leader leader, long nowNs) {
        if (currentVersion < 0 || request.snapshotVersion() != currentVersion) {
            if (currentVersion < image.version()) {
                begin(image);
            }
        }
        usedNs = nowNs;
        boolean continues = request.snapshotVersion() == currentVersion;
        int first = continues ? request.snapshotChunk() : 0;
        return current.thenApply(encoded -> part(encoded, first, request.maxBytes(), leader));
    }

    /** Lets go of what nobody fetched for a while. */
    void expire(long nowNs) {
        if (currentVersion >= 0 && nowNs - usedNs > KEEP_NS) {
            currentVersion = -1;
            current = new CompletableFuture<>();
        }
    }

    private void begin(ClusterImage image) {
        currentVersion = image.version();
        current = CompletableFuture.supplyAsync(
                () -> {
                    List<byte[]> chunks = new ArrayList<>();
                    SnapshotCodec.encode(image, chunks::add);
                    return new Encoded(image.version(), chunks);
                },
                background);
    }

    private static FetchMetadataResponse part(Encoded encoded, int first, int wantedBytes, Leader leader) {
        int maxBytes = Math.min(wantedBytes, MetadataFeed.MAX_ANSWER_BYTES);
        List<byte[]> chunks = encoded.chunks();
        int from = Math.min(Math.max(0, first), chunks.size() - 1);
        int to = from;
        for (long bytes = 0; to < chunks.size() && (to == from || bytes + chunks.get(to).length <= maxBytes); to++) {
            bytes += chunks.get(to).length;
        }
        return FetchMetadataResponse.snapshot(
                encoded.version(), from, chunks.subList(from, to), to == chunks.size(), leader);
    }

    /** Which version is being served, for tests. */
    Optional<Long> serving() {
        return currentVersion < 0 ? Optional.empty() : Optional.of(currentVersion);
    }
}
