package io.braid.client.consumer;

import io.braid.client.ClusterClient;
import io.braid.client.consumer.group.GroupMember;
import io.braid.client.network.Failures;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits what was read, and knows what was committed, by way of the group's member. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class Commits implements FetchLoop.CommittedSource {
    private static final Logger log = LoggerFactory.getLogger(Commits.class);

    private final ClusterClient cluster;
    private final SharedFetcher shared;
    private final ConsumerMetrics metrics;
    private final Consumer<Map<TopicPartition, OffsetAndMetadata>> onCommitted;
    private final Runnable wake;
    private CompletableFuture<Void> pending = CompletableFuture.completedFuture(null); // guarded by this
    private GroupMember member; // set once, before anything else is called

    /**
     * @param onCommitted hears of what was committed, on the event loop
     * @param wake lets the fetch loop look again
     */
    Commits(
            ClusterClient cluster,
            SharedFetcher shared,
            ConsumerMetrics metrics,
            Consumer<Map<TopicPartition, OffsetAndMetadata>> onCommitted,
            Runnable wake) {
        this.cluster = cluster;
        this.shared = shared;
        this.metrics = metrics;
        this.onCommitted = onCommitted;
        this.wake = wake;
    }

    void member(GroupMember of) {
        member = of;
    }

    /** Commits these offsets; see {@link GroupMember#commit}. */
    CompletableFuture<Void> commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        execute(result, () -> member.commit(offsets).whenComplete((done, failure) -> {
            metrics.onCommit(failure == null);
            if (failure == null) {
                onCommitted.accept(offsets);
                result.complete(null);
            } else {
                result.completeExceptionally(Failures.cause(failure));
            }
        }));
        return result;
    }

    /**
     * Commits the positions that have moved since they were last committed. Completes when commits of positions that are under
     * way have ended too, and fails when one of them has failed: then its positions are committed again by the next call.
     *
     * @param among which partitions; null for all
     */
    CompletableFuture<Void> commitRead(Collection<AssignedPartition> among) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        List<AssignedPartition> taken = shared.get(fetcher -> {
            List<AssignedPartition> moved = fetcher.positions().takeUncommitted(among);
            moved.stream()
                    .filter(partition -> partition.position >= 0)
                    .forEach(partition -> offsets.put(partition.name, position(partition)));
            return moved;
        });
        return offsets.isEmpty()
                ? pending()
                : join(commit(offsets).whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("commit failed partitions={} cause={}", offsets.size(), failure.toString());
                        shared.change(fetcher -> fetcher.positions().uncommit(taken));
                    }
                }));
    }

    private synchronized CompletableFuture<Void> pending() {
        return pending.isDone() ? CompletableFuture.completedFuture(null) : pending;
    }

    /** What is read counts as committed when the commits before are through as well. */
    private synchronized CompletableFuture<Void> join(CompletableFuture<Void> next) {
        pending = pending.isDone() ? next : CompletableFuture.allOf(pending, next);
        return pending;
    }

    private static OffsetAndMetadata position(AssignedPartition partition) {
        Optional<Integer> epoch = partition.positionEpoch == AssignedPartition.NO_EPOCH
                ? Optional.empty()
                : Optional.of(partition.positionEpoch);
        return new OffsetAndMetadata(partition.position, epoch, "");
    }

    /** See {@link GroupMember#committed}. */
    CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(PartitionSet partitions) {
        CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> result = new CompletableFuture<>();
        execute(result, () -> member.committed(partitions).whenComplete((offsets, failure) -> {
            if (failure == null) {
                result.complete(offsets);
            } else {
                result.completeExceptionally(Failures.cause(failure));
            }
        }));
        return result;
    }

    private void execute(CompletableFuture<?> result, Runnable task) {
        try {
            cluster.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new IllegalStateException("the consumer is closed", e));
        }
    }

    @Override
    public void look(List<AssignedPartition> partitions) {
        Map<AssignedPartition, Integer> generations = new HashMap<>();
        PartitionSet.Builder set = PartitionSet.builder();
        for (AssignedPartition partition : partitions) {
            generations.put(partition, partition.generation);
            set.add(partition.topic.name, partition.topic.id, partition.partition);
        }
        committed(set.build()).whenComplete((offsets, failure) -> {
            long nowNs = System.nanoTime();
            shared.change(fetcher -> generations.forEach((partition, generation) -> {
                if (failure != null) {
                    fetcher.lookups()
                            .onLookupFailed(
                                    partition, generation, OffsetRequests.failure(Failures.cause(failure)), nowNs);
                    return;
                }
                OffsetAndMetadata at = offsets.get(partition.name);
                long offset = at == null ? AssignedPartition.NO_OFFSET : at.offset();
                int epoch = at == null
                        ? AssignedPartition.NO_EPOCH
                        : at.leaderEpoch().orElse(-1);
                fetcher.lookups().onCommitted(partition, generation, offset, epoch, nowNs);
            }));
            shared.signal();
            wake.run();
        });
    }
}
