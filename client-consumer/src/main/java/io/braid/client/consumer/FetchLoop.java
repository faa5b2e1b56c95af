package io.braid.client.consumer;

import io.braid.client.ClusterClient;
import io.braid.client.consumer.AssignedPartition.Stage;
import io.braid.client.consumer.OffsetRequests.Answer;
import io.braid.client.consumer.OffsetRequests.Question;
import io.braid.client.network.Alarm;
import io.braid.client.network.BrokerLink;
import io.braid.client.routing.BrokerNode;
import io.braid.client.routing.RoutingTable;
import io.braid.protocol.MetadataVersionTag;
import io.braid.protocol.network.LeasedResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the {@link Fetcher} decides: sends fetches and lookups, hands on their answers. Owned by the event loop; {@link
 * #wake} may be called by any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class FetchLoop implements ClusterClient.Listener {
    private static final Logger log = LoggerFactory.getLogger(FetchLoop.class);
    private static final int FETCH_VERSIONS = 17;
    private static final int FETCH_VERSIONS_BY_NAME = 12;

    private final ClusterClient cluster;
    private final SharedFetcher shared;
    private final ConsumerConfig config;
    private final ConsumerMetrics metrics;
    private final CommittedSource committed;
    private final Alarm alarm;
    private final AtomicBoolean routingChanged = new AtomicBoolean();
    private boolean closed;

    /** Where committed offsets come from; on the event loop. */
    interface CommittedSource {
        /**
         * Gives each partition back by {@link LookupAnswers#onCommitted} or {@link LookupAnswers#onLookupFailed}, and wakes the
         * loop.
         */
        void look(List<AssignedPartition> partitions);
    }

    FetchLoop(
            ClusterClient cluster,
            SharedFetcher shared,
            ConsumerConfig config,
            ConsumerMetrics metrics,
            CommittedSource committed) {
        this.cluster = cluster;
        this.shared = shared;
        this.config = config;
        this.metrics = metrics;
        this.committed = committed;
        this.alarm = new Alarm(cluster.eventLoop(), this::poll);
    }

    /** There may be something to do; any thread. */
    void wake() {
        alarm.now();
    }

    /** One look at everything: what to look up, what to fetch, when to look again. */
    private void poll() {
        if (closed) {
            return;
        }
        long nowNs = System.nanoTime();
        applyRouting(nowNs);
        long nextNs = shared.get(fetcher -> fetcher.tick(nowNs));
        if (shared.get(fetcher -> fetcher.positions().unsettled())) {
            nextNs = Math.min(nextNs, lookUp(nowNs));
        }
        for (FetchSession session : shared.get(fetcher -> fetcher.sessions().sendable(nowNs))) {
            nextNs = Math.min(nextNs, serve(session, nowNs));
        }
        if (nextNs != Long.MAX_VALUE) {
            alarm.at(nowNs + nextNs);
        }
    }

    // ---- fetching

    /** Sends a broker's next request. Returns when to try again if it cannot be reached now. */
    private long serve(FetchSession session, long nowNs) {
        Optional<BrokerLink> link = cluster.link(session.broker, nowNs);
        if (link.isEmpty() || !link.get().ready()) {
            shared.change(fetcher -> fetcher.sessions().backToLeaders(session, nowNs));
            if (link.isEmpty()) {
                cluster.refresh();
                return Long.MAX_VALUE;
            }
            long pauseNs = link.get().retryInNs(nowNs);
            return pauseNs > 0 ? pauseNs : Long.MAX_VALUE; // on its way, we shall hear of it
        }
        send(session, link.get());
        return Long.MAX_VALUE;
    }

    private void send(FetchSession session, BrokerLink to) {
        long sentNs = System.nanoTime();
        short version = to.versions()
                .version(ApiKeys.FETCH, shared.get(Fetcher::hasIds) ? FETCH_VERSIONS : FETCH_VERSIONS_BY_NAME);
        FetchSession.Call call = shared.get(fetcher -> fetcher.sessions().next(session, version));
        FetchRequestData request = call.request()
                .setMinBytes(config.fetchMinBytes())
                .setMaxWaitMs(Math.toIntExact(config.fetchMaxWait().toMillis()))
                .setIsolationLevel(config.isolation().id());
        if (!config.rack().isEmpty()) {
            request.setRackId(config.rack());
        }
        to.sendLeased(ApiKeys.FETCH.id, version, request, config.client().requestTimeout())
                .whenComplete((response, thrown) -> answered(call, to, response, thrown, sentNs));
    }

    private void answered(
            FetchSession.Call call, BrokerLink from, LeasedResponse leased, Throwable thrown, long sentNs) {
        long nowNs = System.nanoTime();
        if (thrown != null) {
            log.debug("fetch lost broker={} cause={}", call.session().broker, thrown.toString());
            shared.change(fetcher -> {
                if (thrown instanceof IllegalArgumentException) {
                    fetcher.sessions().onUnusable(call, nowNs);
                } else {
                    fetcher.sessions().onLost(call, nowNs);
                }
            });
            wake();
            return;
        }
        if (closed) {
            leased.release();
            return;
        }
        FetchResponseData response = (FetchResponseData) leased.body();
        long bytes = inspect(response);
        metrics.onFetch(nowNs - sentNs, bytes);
        applyRouting(nowNs);
        Frame frame = new Frame((int) bytes, leased::release);
        try {
            boolean stale = shared.get(fetcher -> fetcher.onAnswer(call, response, frame, nowNs));
            if (stale) {
                cluster.refresh();
            }
        } catch (RuntimeException e) { // a fault of ours or the broker's: with a new session it may pass
            log.error("a fetch answer could not be taken broker={}", call.session().broker, e);
            shared.change(fetcher -> fetcher.sessions().onUnusable(call, nowNs));
        }
        shared.signal();
        OptionalLong version = MetadataVersionTag.of(response);
        if (version.isPresent()) {
            cluster.seen(from, version.getAsLong());
        }
        poll();
    }

    /** Leaders that errors tell of are learnt first, so that partitions go there at once. Returns the bytes of all records. */
    private long inspect(FetchResponseData response) {
        long bytes = 0;
        for (FetchableTopicResponse topic : response.responses()) {
            for (PartitionData data : topic.partitions()) {
                bytes += data.records() == null ? 0 : data.records().sizeInBytes();
                if (data.errorCode() != Errors.NONE.code()) {
                    onError(response, topic, data);
                }
            }
        }
        return bytes;
    }

    private void onError(FetchResponseData response, FetchableTopicResponse topic, PartitionData data) {
        String name = topic.topic().isEmpty() ? shared.get(fetcher -> fetcher.name(topic.topicId())) : topic.topic();
        log.debug(
                "fetch refused topic={} partition={} error={}",
                name,
                data.partitionIndex(),
                Errors.forCode(data.errorCode()));
        metrics.onError();
        if (data.currentLeader().leaderId() >= 0) {
            List<BrokerNode> nodes = response.nodeEndpoints().stream()
                    .map(n -> new BrokerNode(n.nodeId(), n.host(), n.port(), n.rack() == null ? "" : n.rack()))
                    .toList();
            cluster.hint(
                    name,
                    data.partitionIndex(),
                    data.currentLeader().leaderId(),
                    data.currentLeader().leaderEpoch(),
                    nodes);
        }
    }

    // ---- lookups

    private long lookUp(long nowNs) {
        List<AssignedPartition> needCommitted =
                shared.get(fetcher -> fetcher.positions().takeUnsettled(Stage.NEEDS_COMMITTED));
        if (!needCommitted.isEmpty()) {
            committed.look(needCommitted);
        }
        long wallMs = System.currentTimeMillis();
        long first = ask(
                Stage.NEEDS_OFFSET,
                partition -> timestamp(partition.reset, wallMs),
                (link, questions) -> OffsetRequests.offsets(
                        link, questions, config.isolation(), config.client().requestTimeout()),
                nowNs);
        long second = ask(
                Stage.NEEDS_VALIDATION,
                partition -> partition.fetchEpoch,
                (link, questions) -> OffsetRequests.epochEnds(
                        link, questions, config.client().requestTimeout()),
                nowNs);
        return Math.min(first, second);
    }

    private static long timestamp(OffsetReset reset, long wallMs) {
        return switch (reset.kind()) {
            case EARLIEST -> OffsetRequests.EARLIEST;
            case BY_DURATION -> Math.max(0, wallMs - reset.age().toMillis());
            case LATEST, NONE -> OffsetRequests.LATEST;
        };
    }

    /** A partition and its generation when it was asked of. */
    private record Asked(AssignedPartition partition, int generation) {}

    private interface Asking
            extends BiFunction<
                    BrokerLink,
                    Map<TopicPartition, Question>,
                    java.util.concurrent.CompletableFuture<Map<TopicPartition, Answer>>> {}

    private long ask(Stage stage, ToLongFunction<AssignedPartition> what, Asking asking, long nowNs) {
        Map<Integer, Map<TopicPartition, Question>> byLeader = new HashMap<>();
        Map<TopicPartition, Asked> asked = new HashMap<>();
        shared.change(fetcher -> {
            for (AssignedPartition partition : fetcher.positions().takeUnsettled(stage)) {
                asked.put(partition.name, new Asked(partition, partition.generation));
                byLeader.computeIfAbsent(partition.leader, id -> new HashMap<>())
                        .put(partition.name, new Question(partition.leaderEpoch, what.applyAsLong(partition)));
            }
        });
        byLeader.forEach((leader, questions) -> {
            Optional<BrokerLink> link = cluster.link(leader, nowNs).filter(BrokerLink::ready);
            if (link.isEmpty()) {
                shared.change(fetcher -> questions.keySet().forEach(at -> {
                    Asked one = asked.get(at);
                    fetcher.lookups().onUnreachable(one.partition(), one.generation(), nowNs);
                }));
                return;
            }
            asking.apply(link.get(), questions).whenComplete((answers, never) -> {
                answers.forEach((at, answer) -> take(stage, asked.get(at), answer));
                shared.signal();
                wake();
            });
        });
        return shared.get(fetcher -> fetcher.tick(nowNs));
    }

    private void take(Stage stage, Asked asked, Answer answer) {
        long nowNs = System.nanoTime();
        AssignedPartition partition = asked.partition();
        if (answer.failure() != null) {
            log.debug(
                    "lookup failed partition={} cause={}",
                    partition.name,
                    answer.failure().toString());
            boolean stale = shared.get(fetcher ->
                    fetcher.lookups().onLookupFailed(partition, asked.generation(), answer.failure(), nowNs));
            if (stale) {
                cluster.refresh();
            }
            return;
        }
        shared.change(fetcher -> {
            LookupAnswers lookups = fetcher.lookups();
            if (stage == Stage.NEEDS_OFFSET) {
                lookups.onOffset(partition, asked.generation(), answer.offset(), answer.leaderEpoch(), nowNs);
            } else {
                lookups.onEpochEnd(partition, asked.generation(), answer.leaderEpoch(), answer.offset(), nowNs);
            }
        });
    }

    // ---- what happens to the cluster

    @Override
    public void onRouting(RoutingTable table) {
        renewRouting();
    }

    /** The table is looked at soon, once for all that has changed by then: that costs as much as there are partitions. */
    void renewRouting() {
        routingChanged.set(true);
        wake();
    }

    private void applyRouting(long nowNs) {
        if (routingChanged.compareAndSet(true, false)) {
            shared.change(fetcher -> fetcher.onRouting(cluster.routing(), nowNs));
        }
    }

    @Override
    public void onReady(BrokerLink link) {
        wake();
    }

    @Override
    public void onDown(BrokerLink link, Throwable cause) {
        alarm.at(System.nanoTime() + Math.max(1, link.retryInNs(System.nanoTime())));
    }

    /** Ends the sessions at the brokers, without waiting for them. */
    void close() {
        closed = true;
        alarm.cancel();
        long nowNs = System.nanoTime();
        shared.change(fetcher -> {
            for (FetchSession session : fetcher.sessions().all()) {
                Optional<BrokerLink> link = cluster.link(session.broker, nowNs).filter(BrokerLink::ready);
                if (link.isPresent() && session.last().isPresent()) {
                    FetchRequestData last = session.last().get();
                    short version = link.get().versions().version(ApiKeys.FETCH, FETCH_VERSIONS);
                    link.get()
                            .send(
                                    ApiKeys.FETCH.id,
                                    version,
                                    last,
                                    config.client().requestTimeout());
                }
            }
            fetcher.close(nowNs);
        });
    }
}
