package io.braid.broker.group;

import io.braid.image.ClusterImage;
import io.braid.image.ImageChanges;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of {@code __consumer_offsets} that this broker leads, each with its {@link GroupShard}, which come and go
 * with leadership; and the timer of all of them.
 *
 * <p>Images are applied by one thread at a time; everything else may be called from any thread.
 */
final class GroupPartitions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupPartitions.class);
    private static final long TICK_MS = 20;

    /** Makes the shard of a partition; told the topic because it may be deleted and made anew. */
    @FunctionalInterface
    interface ShardMaker {
        GroupShard make(TopicImage topic, int partition);
    }

    private record Led(GroupShard shard, int leaderEpoch) {}

    private final int nodeId;
    private final Supplier<ClusterImage> image;
    private final ShardMaker maker;
    private final Map<Integer, Led> led = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "braid-groups");
        thread.setDaemon(true);
        return thread;
    });
    private Uuid topicId = Uuid.ZERO_UUID;

    GroupPartitions(int nodeId, Supplier<ClusterImage> image, ShardMaker maker) {
        this.nodeId = nodeId;
        this.image = image;
        this.maker = maker;
        var unused = timer.scheduleWithFixedDelay(this::poll, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    ClusterImage image() {
        return image.get();
    }

    // ---- leadership

    /** Follows an image that the shards have applied. One caller at a time. */
    void apply(ClusterImage now) {
        Optional<TopicImage> topic = OffsetsTopic.in(now);
        Uuid id = topic.map(TopicImage::id).orElse(Uuid.ZERO_UUID);
        if (!id.equals(topicId)) {
            led.keySet().forEach(this::drop);
            topicId = id;
        }
        for (int p = 0; topic.isPresent() && p < topic.get().partitionCount(); p++) {
            ShardImage shard = now.shardOf(topic.get(), p);
            Led known = led.get(p);
            boolean leads = shard.leader() == nodeId;
            if (known != null && (!leads || known.leaderEpoch() != shard.leaderEpoch())) {
                drop(p);
                known = null;
            }
            if (leads && known == null) {
                GroupShard made = maker.make(topic.get(), p);
                led.put(p, new Led(made, shard.leaderEpoch()));
                made.start();
            }
        }
    }

    /** Follows what changed besides leadership. */
    void apply(ImageChanges changes) {
        if (!changes.topicsDeleted().isEmpty()) {
            List<Uuid> gone =
                    changes.topicsDeleted().stream().map(TopicImage::id).toList();
            led.values().forEach(one -> one.shard().onTopicsDeleted(gone));
        }
    }

    private void drop(int partition) {
        Led gone = led.remove(partition);
        if (gone != null) {
            gone.shard().close();
        }
    }

    // ---- requests

    /** Hands a request to the partition of its group, or refuses it. */
    void submit(GroupRequest request) {
        ClusterImage now = image.get();
        Optional<TopicImage> topic = OffsetsTopic.in(now);
        if (topic.isEmpty()) {
            request.refuse(Errors.NOT_COORDINATOR);
            return;
        }
        int partition = OffsetsTopic.partitionOf(request.groupId(), topic.get());
        Led here = led.get(partition);
        if (here != null) {
            here.shard().submit(request);
        } else {
            boolean soon = now.shardOf(topic.get(), partition).leader() == nodeId;
            request.refuse(soon ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.NOT_COORDINATOR);
        }
    }

    /** Looks at every partition's state and joins what is found; fails if one of them cannot be looked at. */
    <T> CompletableFuture<List<T>> inspectAll(Function<GroupState, List<T>> look) {
        List<CompletableFuture<List<T>>> parts = new ArrayList<>();
        for (Led one : led.values()) {
            CompletableFuture<List<T>> part = new CompletableFuture<>();
            one.shard().inspect(state -> part.complete(look.apply(state)), error -> {
                if (error == Errors.NOT_COORDINATOR) {
                    part.complete(List.of()); // it has just gone elsewhere
                } else {
                    part.completeExceptionally(error.exception());
                }
            });
            parts.add(part);
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        parts.stream().flatMap(part -> part.join().stream()).toList());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        led.keySet().forEach(this::drop);
    }

    private void poll() {
        try {
            long nowMs = System.currentTimeMillis();
            led.values().forEach(one -> one.shard().poll(nowMs));
        } catch (RuntimeException e) {
            LOG.error("event=group_timer_failed", e);
        }
    }
}
