package io.braid.broker.group;

import io.braid.broker.group.GroupCensus.Committed;
import io.braid.broker.group.GroupCensus.Counted;
import io.braid.broker.group.GroupCensus.Kind;
import io.braid.broker.group.GroupCensus.Lag;
import io.braid.broker.replication.HighWatermarks;
import io.braid.broker.replication.message.HighWatermarksRequest.Partition;
import io.braid.broker.replication.message.HighWatermarksResponse;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Takes the census: counts the groups on their threads, then asks the leaders of the data for high watermarks, each of them
 * once. Where one of a topic's partitions has no leader, or its leader does not answer, there is no lag of that topic rather
 * than one that is too small.
 */
final class GroupCensusTaker {
    /** Committed offsets of one partition of the offsets topic that are compared with high watermarks. */
    private static final int MAX_OFFSETS = 2000;

    private final GroupPartitions partitions;

    GroupCensusTaker(GroupPartitions partitions) {
        this.partitions = partitions;
    }

    /** Completes on any thread; fails while a partition is being loaded. */
    CompletableFuture<GroupCensus> take(HighWatermarks leaders) {
        return partitions
                .inspectAll(state -> GroupCensus.count(state, MAX_OFFSETS))
                .thenCompose(counted -> measure(counted, leaders));
    }

    /** The lag of one group in one topic while it is summed up. */
    private static final class Sum {
        final String group;
        final String topic;
        private long records;
        private boolean whole = true;

        Sum(String group, String topic) {
            this.group = group;
            this.topic = topic;
        }

        synchronized void add(long highWatermark, long committed) {
            whole &= highWatermark != HighWatermarksResponse.UNKNOWN;
            records += Math.max(0, highWatermark - committed);
        }

        synchronized void unknown() {
            whole = false;
        }

        synchronized Optional<Lag> lag() {
            return whole ? Optional.of(new Lag(group, topic, records)) : Optional.empty();
        }
    }

    /** A committed offset and the sum that it counts for. */
    private record Asked(Committed committed, Sum sum) {
        Partition partition() {
            return new Partition(committed.topicId(), committed.partition());
        }
    }

    private CompletableFuture<GroupCensus> measure(List<Counted> counted, HighWatermarks leaders) {
        ClusterImage image = partitions.image();
        Map<Kind, Long> groups = new HashMap<>();
        List<Sum> sums = new ArrayList<>();
        Map<Integer, List<Asked>> byLeader = new HashMap<>();
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
                    Sum fresh = new Sum(group.groupId(), name);
                    sums.add(fresh);
                    return fresh;
                });
                int leader = image.shardOf(topic.get(), committed.partition()).leader();
                if (leader == ShardImage.NO_LEADER) {
                    sum.unknown();
                } else {
                    byLeader.computeIfAbsent(leader, id -> new ArrayList<>()).add(new Asked(committed, sum));
                }
            }
        }
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        byLeader.forEach((leader, asked) -> answers.add(ask(leaders, leader, asked)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> new GroupCensus(
                        groups,
                        sums.stream().map(Sum::lag).flatMap(Optional::stream).toList()));
    }

    private static CompletableFuture<Void> ask(HighWatermarks leaders, int leader, List<Asked> asked) {
        return leaders.ask(leader, asked.stream().map(Asked::partition).toList())
                .handle((found, failure) -> {
                    for (int i = 0; i < asked.size(); i++) {
                        Asked one = asked.get(i);
                        if (failure == null) {
                            one.sum().add(found.get(i), one.committed().offset());
                        } else {
                            one.sum().unknown();
                        }
                    }
                    return null;
                });
    }
}
