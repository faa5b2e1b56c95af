package io.braid.broker;

import io.braid.broker.replication.HighWatermarks;
import io.braid.broker.replication.message.HighWatermarksRequest.Partition;
import io.braid.broker.replication.message.HighWatermarksResponse;
import io.braid.broker.shard.PartitionSnapshot;
import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;

/** The high watermarks of what this broker leads, looked up on the shards' threads. Thread-safe. */
final class LedHighWatermarks implements HighWatermarks {
    private final Supplier<ClusterImage> image;
    private final Shards shards;

    LedHighWatermarks(Supplier<ClusterImage> image, Shards shards) {
        this.image = image;
        this.shards = shards;
    }

    /** Answers for this broker, whoever was asked for. */
    @Override
    public CompletableFuture<List<Long>> ask(int brokerId, List<Partition> partitions) {
        ClusterImage now = image.get();
        AtomicLongArray found = new AtomicLongArray(partitions.size());
        Map<Integer, List<Integer>> byShard = new HashMap<>();
        for (int i = 0; i < partitions.size(); i++) {
            found.set(i, HighWatermarksResponse.UNKNOWN);
            int partition = partitions.get(i).partition();
            Optional<TopicImage> topic =
                    now.topic(partitions.get(i).topicId()).filter(known -> partition < known.partitionCount());
            if (topic.isPresent()) {
                byShard.computeIfAbsent(topic.get().shardOf(partition), id -> new ArrayList<>())
                        .add(i);
            }
        }
        List<CompletableFuture<Void>> looks = new ArrayList<>();
        byShard.forEach((shardId, indices) -> looks.add(look(shardId, indices, partitions, found)));
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenApply(done -> IntStream.range(0, partitions.size())
                        .mapToObj(found::get)
                        .toList());
    }

    private CompletableFuture<Void> look(
            int shardId, List<Integer> indices, List<Partition> partitions, AtomicLongArray found) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        shards.look(
                shardId,
                (snapshots, removal) -> {
                    for (int i : indices) {
                        Partition of = partitions.get(i);
                        PartitionSnapshot now = snapshots.of(of.topicId(), of.partition(), -1, null);
                        if (now.error() == Errors.NONE && now.settled()) {
                            found.set(i, now.highWatermark());
                        }
                    }
                },
                () -> done.complete(null));
        return done;
    }
}
