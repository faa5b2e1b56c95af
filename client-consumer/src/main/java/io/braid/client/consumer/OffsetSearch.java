package io.braid.client.consumer;

import io.braid.client.ClusterClient;
import io.braid.client.consumer.OffsetRequests.Answer;
import io.braid.client.consumer.OffsetRequests.Question;
import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.network.Failures;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.braid.client.routing.TopicRoute;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One question of the application about offsets: asked of the leaders, and again of those who could not answer, until all is
 * known or the time is over. Owned by the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class OffsetSearch {
    private static final Logger log = LoggerFactory.getLogger(OffsetSearch.class);

    private final ClusterClient cluster;
    private final IsolationLevel isolation;
    private final long deadlineNs;
    private final Backoff backoff;
    private final Map<TopicPartition, Long> left; // timestamps, or what stands for ends
    private final Map<TopicPartition, Answer> found = new HashMap<>();
    private final CompletableFuture<Map<TopicPartition, Answer>> result = new CompletableFuture<>();
    private RuntimeException last = new TimeoutException("no leader is known");

    private OffsetSearch(
            ClusterClient cluster, IsolationLevel isolation, Map<TopicPartition, Long> questions, long deadlineNs) {
        this.cluster = cluster;
        this.isolation = isolation;
        this.deadlineNs = deadlineNs;
        this.left = new HashMap<>(questions);
        this.backoff = new Backoff(
                cluster.config().retryBackoff(), cluster.config().retryBackoffMax(), new Random()::nextDouble);
    }

    /** Any thread. Fails with a TimeoutException, or with what a broker says and waiting does not mend. */
    static CompletableFuture<Map<TopicPartition, Answer>> begin(
            ClusterClient cluster, IsolationLevel isolation, Map<TopicPartition, Long> questions, long limitNs) {
        OffsetSearch search = new OffsetSearch(cluster, isolation, questions, System.nanoTime() + limitNs);
        cluster.eventLoop().execute(search::learn);
        return search.result;
    }

    private void learn() {
        CompletableFuture<?>[] topics = left.keySet().stream()
                .map(TopicPartition::topic)
                .distinct()
                .map(cluster::use)
                .toArray(CompletableFuture[]::new);
        ScheduledFuture<?> timer =
                cluster.eventLoop().schedule(this::timeOut, deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        result.whenComplete((answers, failure) -> timer.cancel(false));
        CompletableFuture.allOf(topics).whenComplete((known, failure) -> {
            if (failure != null) {
                result.completeExceptionally(Failures.cause(failure));
            } else {
                ask();
            }
        });
    }

    private void timeOut() {
        result.completeExceptionally(new TimeoutException("offsets not known in time: " + left.keySet(), last));
    }

    private void ask() {
        if (result.isDone()) {
            return;
        }
        long nowNs = System.nanoTime();
        Map<Integer, Map<TopicPartition, Question>> byLeader = new HashMap<>();
        RoutingTable table = cluster.routing();
        left.forEach((at, timestamp) -> {
            TopicRoute route = table.topic(at.topic()).orElse(null);
            boolean known = route != null && at.partition() < route.partitionCount();
            int leader = known ? table.leader(route, at.partition()) : ShardTable.NONE;
            if (leader != ShardTable.NONE) {
                byLeader.computeIfAbsent(leader, id -> new HashMap<>())
                        .put(at, new Question(table.leaderEpoch(route, at.partition()), timestamp));
            }
        });
        AtomicInteger open = new AtomicInteger(1);
        byLeader.forEach((leader, questions) -> {
            Optional<BrokerLink> link = cluster.link(leader, nowNs).filter(BrokerLink::ready);
            if (link.isPresent()) {
                open.incrementAndGet();
                OffsetRequests.offsets(
                                link.get(),
                                questions,
                                isolation,
                                cluster.config().requestTimeout())
                        .whenComplete((answers, never) -> {
                            answers.forEach(this::take);
                            settle(open);
                        });
            }
        });
        settle(open);
    }

    private void take(TopicPartition at, Answer answer) {
        if (answer.failure() == null) {
            left.remove(at);
            found.put(at, answer);
        } else if (answer.failure() instanceof RetriableException) {
            log.debug(
                    "offset lookup failed partition={} cause={}",
                    at,
                    answer.failure().toString());
            last = answer.failure();
        } else {
            result.completeExceptionally(answer.failure());
        }
    }

    private void settle(AtomicInteger open) {
        if (open.decrementAndGet() > 0) {
            return;
        }
        if (left.isEmpty()) {
            result.complete(found);
        } else if (!result.isDone()) {
            cluster.refresh();
            cluster.eventLoop().schedule(this::ask, backoff.nextNs(), TimeUnit.NANOSECONDS);
        }
    }
}
