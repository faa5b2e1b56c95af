package io.braid.client.consumer.group;

import io.braid.client.ClusterClient;
import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.routing.TopicRoute;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Sends what the {@link CommitQueue} and {@link CommittedQuery queries} of one group decide, and completes what waits for them.
 * Owned by the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class GroupOffsets {
    private static final int COMMIT_VERSIONS = 10;
    private static final int FETCH_VERSIONS = 10;

    private final ClusterClient cluster;
    private final GroupConfig config;
    private final Supplier<MemberIdentity> identity;
    private final Coordinator coordinator;
    private final Runnable wake;
    private final CommitQueue commits;
    private final Backoff queryBackoff;
    private final Map<Commit, CompletableFuture<Void>> waiting = new HashMap<>();
    private final Queue<Query> queries = new ArrayDeque<>();
    private boolean querying;
    private boolean queriesPaused;
    private long queriesNotBeforeNs;

    private record Query(CommittedQuery query, CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> result) {}

    GroupOffsets(
            ClusterClient cluster,
            GroupConfig config,
            Supplier<MemberIdentity> identity,
            Coordinator coordinator,
            Supplier<Backoff> backoffs,
            Runnable wake) {
        this.cluster = cluster;
        this.config = config;
        this.identity = identity;
        this.coordinator = coordinator;
        this.wake = wake;
        this.commits = new CommitQueue(config.groupId(), backoffs.get());
        this.queryBackoff = backoffs.get();
    }

    private long deadlineNs() {
        return System.nanoTime() + config.operationTimeout().toNanos();
    }

    CompletableFuture<Void> commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        Commit commit = commits.add(offsets, deadlineNs());
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (commit.done()) {
            future.complete(null);
        } else {
            waiting.put(commit, future);
            wake.run();
        }
        return future;
    }

    /** A commit for a partition that the member does not have. */
    CommitFailedException notOwned(TopicPartition partition) {
        return commits.notOwned(partition);
    }

    /** Completes normally when all commits that were given until now are done. */
    CompletableFuture<Void> flushed() {
        CompletableFuture<?>[] open = waiting.values().toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(open).handle((nothing, failure) -> null);
    }

    CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(PartitionSet partitions) {
        Query query = new Query(new CommittedQuery(partitions, deadlineNs()), new CompletableFuture<>());
        flushed().thenRun(() -> {
            queries.add(query);
            wake.run();
        });
        return query.result();
    }

    void onGone(PartitionSet partitions) {
        commits.onGone(partitions);
        completeCommits();
    }

    void failAll(RuntimeException reason) {
        commits.failAll(reason);
        completeCommits();
        List<Query> all = List.copyOf(queries);
        queries.clear();
        all.forEach(query -> query.result().completeExceptionally(reason));
    }

    boolean busy() {
        return !waiting.isEmpty() || !queries.isEmpty();
    }

    long nextNs(long nowNs) {
        long nextNs = commits.nextNs(nowNs);
        for (Query query : queries) {
            nextNs = Math.min(nextNs, query.query().deadlineNs);
        }
        boolean asks = !querying && !queries.isEmpty() && queriesPaused;
        return asks ? Math.min(nextNs, queriesNotBeforeNs) : nextNs;
    }

    /** Ends what took too long; also when there is no coordinator. */
    void expire(long nowNs) {
        commits.expire(nowNs);
        completeCommits();
        for (Query query : List.copyOf(queries)) {
            if (nowNs - query.query().deadlineNs >= 0) {
                query.query()
                        .fail(new TimeoutException(
                                "committed offsets of group " + config.groupId() + " were not fetched in time"));
                finish(query);
            }
        }
    }

    void poll(BrokerLink link, long nowNs) {
        Map<TopicPartition, OffsetAndMetadata> batch = commits.next(nowNs);
        if (!batch.isEmpty()) {
            send(link, batch);
        }
        boolean mayAsk = !querying && !(queriesPaused && nowNs - queriesNotBeforeNs < 0);
        while (mayAsk && !queries.isEmpty() && queries.peek().query().done()) {
            finish(queries.peek());
        }
        if (mayAsk && !queries.isEmpty()) {
            ask(link, queries.peek());
        }
    }

    // ---- commits

    private void send(BrokerLink link, Map<TopicPartition, OffsetAndMetadata> batch) {
        MemberIdentity member = identity.get();
        boolean isMember = member.epoch() >= 0;
        try {
            short version = link.versions().version(ApiKeys.OFFSET_COMMIT, limit(COMMIT_VERSIONS, batch.keySet()));
            OffsetMessages messages = new OffsetMessages(config.groupId(), version, this::id);
            ApiMessage request = messages.commit(member, config.instanceId(), batch);
            link.send(
                            ApiKeys.OFFSET_COMMIT.id,
                            version,
                            request,
                            cluster.config().requestTimeout())
                    .whenComplete((answer, failure) -> {
                        long nowNs = System.nanoTime();
                        if (failure != null) {
                            commits.onNoAnswer(nowNs);
                        } else {
                            onCommitted(messages.committed((OffsetCommitResponseData) answer), isMember, nowNs);
                        }
                        completeCommits();
                        wake.run();
                    });
        } catch (UnsupportedVersionException e) {
            commits.failAll(e);
            completeCommits();
        }
    }

    private void onCommitted(Map<TopicPartition, Errors> outcomes, boolean isMember, long nowNs) {
        commits.onOutcomes(outcomes, isMember, nowNs);
        if (outcomes.values().stream().anyMatch(GroupOffsets::movedAway)) {
            coordinator.moved();
        }
    }

    private static boolean movedAway(Errors error) {
        return error == Errors.NOT_COORDINATOR || error == Errors.COORDINATOR_NOT_AVAILABLE;
    }

    private void completeCommits() {
        for (Commit commit : commits.takeFinished()) {
            CompletableFuture<Void> future = waiting.remove(commit);
            if (future != null && commit.failure().isPresent()) {
                future.completeExceptionally(commit.failure().get());
            } else if (future != null) {
                future.complete(null);
            }
        }
    }

    // ---- queries

    private void ask(BrokerLink link, Query query) {
        List<TopicPartition> piece = query.query().next();
        querying = true;
        try {
            short version = link.versions().version(ApiKeys.OFFSET_FETCH, limit(FETCH_VERSIONS, piece));
            OffsetMessages messages = new OffsetMessages(config.groupId(), version, this::id);
            ApiMessage request = messages.fetch(identity.get(), piece);
            link.send(
                            ApiKeys.OFFSET_FETCH.id,
                            version,
                            request,
                            cluster.config().requestTimeout())
                    .whenComplete((answer, failure) -> {
                        querying = false;
                        if (failure != null) {
                            pauseQueries();
                        } else if (!query.query().done()) {
                            onFetched(query, piece, messages, (OffsetFetchResponseData) answer);
                        }
                        wake.run();
                    });
        } catch (UnsupportedVersionException e) {
            querying = false;
            query.query().fail(e);
            finish(query);
        }
    }

    private void onFetched(
            Query query, List<TopicPartition> piece, OffsetMessages messages, OffsetFetchResponseData answer) {
        Errors groupError = messages.fetchError(answer);
        boolean again = query.query()
                .onFound(piece, groupError, groupError == Errors.NONE ? messages.fetched(answer) : Map.of());
        if (movedAway(groupError)) {
            coordinator.moved();
        }
        if (again) {
            pauseQueries();
        } else {
            queriesPaused = false;
            queryBackoff.reset();
        }
        if (query.query().done()) {
            finish(query);
        }
    }

    private void pauseQueries() {
        queriesPaused = true;
        queriesNotBeforeNs = System.nanoTime() + queryBackoff.nextNs();
    }

    private void finish(Query query) {
        queries.remove(query);
        query.query().failure().ifPresentOrElse(query.result()::completeExceptionally, () -> query.result()
                .complete(query.query().found()));
    }

    // ---- topics

    /** Ids are used if all topics have one that is known. */
    private int limit(int highest, Collection<TopicPartition> partitions) {
        boolean known = partitions.stream()
                .map(TopicPartition::topic)
                .distinct()
                .noneMatch(topic -> id(topic).equals(Uuid.ZERO_UUID));
        return known ? highest : OffsetMessages.FIRST_VERSION_WITH_IDS - 1;
    }

    private Uuid id(String topic) {
        return Optional.of(cluster.routing())
                .flatMap(table -> table.topic(topic))
                .map(TopicRoute::id)
                .orElse(Uuid.ZERO_UUID);
    }
}
