package io.braid.broker.offset;

import io.braid.broker.handler.LeaderEpochs;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.broker.shard.PartitionSnapshot;
import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;

/**
 * Finds partitions by topic name, takes their state on the threads of their shards, and goes on with it on a reader
 * thread, where a search may wait for a disk. Thread-safe.
 */
public final class PartitionLookup {
    private final Shards shards;
    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final Executor readers;

    public PartitionLookup(Shards shards, MetadataSource metadata, Authorizer authorizer, Executor readers) {
        this.shards = shards;
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.readers = readers;
    }

    Shards shards() {
        return shards;
    }

    /** One partition that a request asks about. Owned by the request; filled in by the lookup. */
    static final class Asked<T> {
        final String topic;
        final int partition;
        final int currentLeaderEpoch;
        /** What else the request says of it. */
        final T request;

        Errors error = Errors.NONE;
        Uuid topicId = Uuid.ZERO_UUID;
        int shardId = -1;
        /** Null unless {@link #error} is NONE. */
        PartitionSnapshot snapshot;

        Asked(String topic, int partition, int currentLeaderEpoch, T request) {
            this.topic = topic;
            this.partition = partition;
            this.currentLeaderEpoch = currentLeaderEpoch;
            this.request = request;
        }
    }

    /** Finds each partition's shard, or leaves the error why it has none. Any thread. */
    <T> void locate(List<Asked<T>> asked, Caller caller, AclOperation operation) {
        ClusterImage now = metadata.image();
        for (Asked<T> a : asked) {
            Optional<TopicImage> topic = now.topic(a.topic);
            if (!authorizer.allowsOnTopic(caller, operation, a.topic)) {
                a.error = Errors.TOPIC_AUTHORIZATION_FAILED;
            } else if (topic.isEmpty()
                    || a.partition < 0
                    || a.partition >= topic.get().partitionCount()) {
                a.error = Errors.UNKNOWN_TOPIC_OR_PARTITION;
            } else {
                a.topicId = topic.get().id();
                a.shardId = topic.get().shardOf(a.partition);
            }
        }
    }

    /** Locates the partitions, takes their snapshots, and runs {@code then} on a reader thread. Any thread. */
    <T> void look(List<Asked<T>> asked, Caller caller, AclOperation operation, Runnable then) {
        locate(asked, caller, operation);
        if (isAhead(asked, metadata.image())) {
            var unused = metadata.awaitImage(image -> !isAhead(asked, image), LeaderEpochs.MAX_WAIT_MS)
                    .thenRun(() -> takeSnapshots(asked, then));
        } else {
            takeSnapshots(asked, then);
        }
    }

    private static boolean isAhead(List<? extends Asked<?>> asked, ClusterImage image) {
        return asked.stream()
                .anyMatch(a -> a.error == Errors.NONE && LeaderEpochs.isAhead(a.currentLeaderEpoch, image, a.shardId));
    }

    private <T> void takeSnapshots(List<Asked<T>> asked, Runnable then) {
        Map<Integer, List<Asked<T>>> byShard = new LinkedHashMap<>();
        for (Asked<T> a : asked) {
            if (a.error == Errors.NONE) {
                byShard.computeIfAbsent(a.shardId, id -> new ArrayList<>()).add(a);
            }
        }
        if (byShard.isEmpty()) {
            then.run();
            return;
        }
        AtomicInteger left = new AtomicInteger(byShard.size());
        byShard.forEach((shard, of) -> shards.look(
                shard,
                (snapshots, removal) -> {
                    for (Asked<T> a : of) {
                        a.snapshot = snapshots.of(a.topicId, a.partition, a.currentLeaderEpoch, null);
                    }
                },
                () -> {
                    if (left.decrementAndGet() == 0) {
                        asked.forEach(PartitionLookup::settle);
                        readers.execute(then);
                    }
                }));
    }

    private static void settle(Asked<?> a) {
        if (a.error == Errors.NONE) {
            a.error = a.snapshot == null ? Errors.NOT_LEADER_OR_FOLLOWER : a.snapshot.error();
        }
    }
}
