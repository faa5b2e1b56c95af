package io.braid.broker.group;

import io.braid.broker.group.GroupCensus.Committed;
import io.braid.broker.group.GroupCensus.Counted;
import io.braid.broker.group.GroupCensus.Kind;
import io.braid.broker.group.GroupCensus.Lag;
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
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.protocol.Errors;

/** Takes the census: counts the groups on their threads, then looks for the high watermarks on those of the data. */
final class GroupCensusTaker {
    /** Committed offsets of one partition of the offsets topic that are compared with high watermarks. */
    private static final int MAX_OFFSETS = 2000;

    private final GroupPartitions partitions;
    private final Shards shards;

    GroupCensusTaker(GroupPartitions partitions, Shards shards) {
        this.partitions = partitions;
        this.shards = shards;
    }

    /** Completes on any thread; fails while a partition is being loaded. */
    CompletableFuture<GroupCensus> take() {
        return partitions
                .inspectAll(state -> GroupCensus.count(state, MAX_OFFSETS))
                .thenCompose(this::measure);
    }

    /** The lag of one group in one topic while it is summed up on several threads. */
    private record Sum(String group, String topic, AtomicLong records) {}

    /** A committed offset and the sum that it counts for. */
    private record Asked(Committed committed, Sum sum) {}

    private CompletableFuture<GroupCensus> measure(List<Counted> counted) {
        ClusterImage image = partitions.image();
        Map<Kind, Long> groups = new HashMap<>();
        List<Sum> sums = new ArrayList<>();
        Map<Integer, List<Asked>> byShard = new HashMap<>();
        for (Counted group : counted) {
            groups.merge(group.kind(), 1L, Long::sum);
            Map<String, Sum> ofTopic = new HashMap<>();
            for (Committed committed : group.offsets()) {
                Optional<TopicImage> topic = image.topic(committed.topicId())
                        .filter(known -> committed.partition() < known.partitionCount());
                if (topic.isEmpty()
                        || (sums.size() >= GroupCensus.MAX_LAGS
                                && !ofTopic.containsKey(topic.get().name()))) {
                    continue;
                }
                Sum sum = ofTopic.computeIfAbsent(topic.get().name(), name -> {
                    Sum fresh = new Sum(group.groupId(), name, new AtomicLong());
                    sums.add(fresh);
                    return fresh;
                });
                byShard.computeIfAbsent(topic.get().shardOf(committed.partition()), id -> new ArrayList<>())
                        .add(new Asked(committed, sum));
            }
        }
        List<CompletableFuture<Void>> looks = new ArrayList<>();
        byShard.forEach((shardId, asked) -> looks.add(look(shardId, asked)));
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenApply(done -> new GroupCensus(
                        groups,
                        sums.stream()
                                .map(sum -> new Lag(
                                        sum.group(), sum.topic(), sum.records().get()))
                                .toList()));
    }

    private CompletableFuture<Void> look(int shardId, List<Asked> asked) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        shards.look(
                shardId,
                (snapshots, removal) -> {
                    for (Asked one : asked) {
                        PartitionSnapshot now = snapshots.of(
                                one.committed().topicId(), one.committed().partition(), -1, null);
                        if (now.error() == Errors.NONE) {
                            one.sum()
                                    .records()
                                    .addAndGet(Math.max(
                                            0,
                                            now.highWatermark()
                                                    - one.committed().offset()));
                        }
                    }
                },
                () -> done.complete(null));
        return done;
    }
}
