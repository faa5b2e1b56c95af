package io.braid.simulation.scale;

import io.braid.client.routing.RoutingTable;
import io.braid.controller.MetadataState;
import io.braid.controller.SnapshotCodec;
import io.braid.image.ClusterImage;
import io.braid.quorum.SnapshotFiles;
import io.braid.simulation.Chance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** How large things are: the image in memory, its snapshot, and what clients hold of it. */
final class SizeFigures {
    private static final int REPETITIONS = 5;

    private final Metadata metadata;
    private final ClusterSize size;
    private final LinkModel links;

    SizeFigures(Metadata metadata, ClusterSize size, LinkModel links) {
        this.metadata = metadata;
        this.size = size;
        this.links = links;
    }

    /** Heap of an image, and its snapshot as a controller's file and as brokers take it. */
    Map<String, Object> image() {
        List<byte[]> chunks = new ArrayList<>();
        SnapshotCodec.encode(metadata.image(), chunks::add);
        long bytes = chunks.stream().mapToLong(chunk -> chunk.length).sum();
        long heap = Measured.retained(() -> decoded(chunks));
        Measured writing = Measured.of(REPETITIONS, () -> {
            long[] written = new long[1];
            SnapshotCodec.encode(metadata.image(), chunk -> written[0] += chunk.length);
            return written;
        });
        Measured loading = Measured.of(REPETITIONS, () -> decoded(chunks));
        Measured[] file = file();
        return Figures.of(
                "imageHeapBytes", heap,
                "imageHeapBytesPerTopic", heap / size.topics(),
                "snapshotBytes", bytes,
                "snapshotEncodeMs", Figures.rounded(writing.ns() / 1e6),
                "snapshotEncodeAllocatedBytes", writing.allocatedBytes(),
                "snapshotDecodeMs", Figures.rounded(loading.ns() / 1e6),
                "snapshotDecodeAllocatedBytes", loading.allocatedBytes(),
                "snapshotFileWriteMs", Figures.rounded(file[0].ns() / 1e6),
                "snapshotFileReadMs", Figures.rounded(file[1].ns() / 1e6),
                "snapshotToAllBrokersBytes", bytes * size.brokers(),
                "snapshotToAllBrokersMs", Figures.rounded(links.wireNs(bytes) * size.brokers() / 1e6));
    }

    private static MetadataState decoded(List<byte[]> chunks) {
        SnapshotCodec.Decoder decoder = new SnapshotCodec.Decoder();
        chunks.forEach(decoder::accept);
        return decoder.finish();
    }

    private Measured[] file() {
        try {
            Path file = Files.createTempFile("braid-scale", ".snapshot");
            try {
                Measured writing =
                        Measured.of(REPETITIONS, () -> io(() -> SnapshotFiles.write(metadata.state(), file)));
                Measured reading = Measured.of(REPETITIONS, () -> io(() -> SnapshotFiles.read(file)));
                return new Measured[] {writing, reading};
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Io {
        Object run() throws IOException;
    }

    private static Object io(Io task) {
        try {
            return task.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What it takes a client to begin to watch some topics.
     *
     * @param what they are, for the line of results
     */
    Map<String, Object> subscription(String what, Subscription subscription, ClusterImage image) {
        ByteBuffer answer = Subscription.answer(subscription.firstRequest(), image, Optional.empty());
        Measured answering = Measured.of(
                REPETITIONS, () -> Subscription.answer(subscription.firstRequest(), image, Optional.empty()));
        Measured applying = Measured.of(REPETITIONS, () -> Subscription.apply(RoutingTable.EMPTY, answer));
        long heap = Measured.retained(() -> Subscription.apply(RoutingTable.EMPTY, answer));
        long partitions = subscription.topics().stream()
                .mapToLong(name -> image.topic(name).orElseThrow().partitionCount())
                .sum();
        return Figures.of(
                "what", what,
                "topicsWatched", subscription.topics().size(),
                "partitionsWatched", partitions,
                "answerBytes", answer.remaining(),
                "answerUs", Figures.rounded(answering.us()),
                "answerAllocatedBytes", answering.allocatedBytes(),
                "routeUs", Figures.rounded(applying.us()),
                "clientHeapBytes", heap,
                "allClientsHeapBytes", heap * size.clients());
    }

    /** A number of the topics that there are from the start. */
    Subscription topics(int count, Chance chance) {
        Set<String> names = new TreeSet<>();
        while (names.size() < Math.min(count, size.topics())) {
            names.add(SizedCluster.topic(SizedCluster.FAMILY, chance.below(size.topics())));
        }
        return new Subscription(List.copyOf(names));
    }
}
