package io.braid.client.producer;

import io.braid.client.ClusterClient;
import io.braid.client.network.Alarm;
import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.network.Failures;
import io.braid.client.routing.RoutingTable;
import io.braid.protocol.MetadataVersionTag;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidMetadataException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the {@link Accumulator} decides: asks for a producer id, sends requests, hands on their answers, tells listeners.
 * Owned by the event loop; {@link #wake} may be called by any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class Sender implements ClusterClient.Listener {
    private static final Logger log = LoggerFactory.getLogger(Sender.class);
    private static final int PRODUCE_VERSIONS = 13;
    private static final int INIT_PRODUCER_ID_VERSIONS = 5;

    private final ClusterClient cluster;
    private final EventLoop eventLoop;
    private final SharedAccumulator shared;
    private final ProducerConfig config;
    private final Outcomes outcomes;
    private final ProducerMetrics metrics;
    private final Alarm alarm;
    private final Backoff identityBackoff;
    private final Map<Lane, ArrayDeque<Packing>> packing = new HashMap<>();
    private boolean identityAsked;
    private long identityNotBeforeNs;
    private boolean identityPaused;
    private boolean closed;

    /** Batches that are being compressed; what was taken first is sent first. */
    private static final class Packing {
        final List<Batch> batches;
        boolean done;
        RuntimeException failure; // or null

        Packing(List<Batch> batches) {
            this.batches = batches;
        }
    }

    Sender(
            ClusterClient cluster,
            SharedAccumulator shared,
            ProducerConfig config,
            Outcomes outcomes,
            ProducerMetrics metrics,
            Backoff identityBackoff) {
        this.cluster = cluster;
        this.eventLoop = cluster.eventLoop();
        this.shared = shared;
        this.config = config;
        this.outcomes = outcomes;
        this.metrics = metrics;
        this.identityBackoff = identityBackoff;
        this.alarm = new Alarm(eventLoop, this::poll);
    }

    /** There is something to send; any thread. */
    void wake() {
        alarm.now();
    }

    /** One look at everything: what expired, what may be sent, when to look again. */
    private void poll() {
        if (closed) {
            return;
        }
        long nowNs = System.nanoTime();
        SharedAccumulator.Look look = shared.look(nowNs);
        if (look.needsIdentity()) {
            askIdentity(nowNs);
        }
        if (look.homeless()) {
            cluster.refresh();
        }
        long nextNs = Long.MAX_VALUE;
        for (Lane lane : look.lanes()) {
            nextNs = Math.min(nextNs, serve(lane, nowNs));
        }
        tell();
        nextNs = Math.min(nextNs, shared.nextInNs(nowNs));
        if (nextNs != Long.MAX_VALUE) {
            alarm.at(nowNs + nextNs);
        }
    }

    /** Sends what a broker may get. Returns when to try again if it cannot be reached now. */
    private long serve(Lane lane, long nowNs) {
        Optional<BrokerLink> link = cluster.link(lane.broker, nowNs);
        if (link.isEmpty()) {
            cluster.refresh();
            return Long.MAX_VALUE;
        }
        if (!link.get().ready()) {
            long pauseNs = link.get().retryInNs(nowNs);
            return pauseNs > 0 ? pauseNs : Long.MAX_VALUE; // on its way, we shall hear of it
        }
        for (List<Batch> batches = shared.drain(lane, nowNs); !batches.isEmpty(); batches = shared.drain(lane, nowNs)) {
            metrics.onRequest(batches.size());
            if (config.compression() == CompressionCodec.NONE) {
                send(lane, batches);
            } else {
                pack(lane, batches);
            }
        }
        return Long.MAX_VALUE;
    }

    // ---- compression

    private void pack(Lane lane, List<Batch> batches) {
        Packing one = new Packing(batches);
        packing.computeIfAbsent(lane, l -> new ArrayDeque<>()).add(one);
        CompressionPool.execute(() -> {
            try {
                batches.forEach(batch -> BatchWriter.compress(batch, config.compression()));
            } catch (RuntimeException | LinkageError e) { // a codec's library may be missing
                one.failure = new ApiException("cannot compress by " + config.compression(), e);
            }
            try {
                eventLoop.execute(() -> packed(lane, one));
            } catch (RejectedExecutionException e) {
                log.trace("closed", e);
            }
        });
    }

    private void packed(Lane lane, Packing one) {
        one.done = true;
        ArrayDeque<Packing> queue = packing.get(lane);
        while (!queue.isEmpty() && queue.peek().done) {
            Packing next = queue.remove();
            if (next.failure == null && !closed) {
                send(lane, next.batches);
            } else {
                RuntimeException reason = next.failure == null ? Outcomes.closed() : next.failure;
                done(lane, accumulator -> {
                    long nowNs = System.nanoTime();
                    next.batches.forEach(batch -> accumulator.refused(batch, reason, nowNs));
                });
            }
        }
        if (queue.isEmpty()) {
            packing.remove(lane);
        }
    }

    // ---- requests

    private void send(Lane lane, List<Batch> batches) {
        long sentNs = System.nanoTime();
        ProduceCall call = new ProduceCall(batches);
        Optional<BrokerLink> link = cluster.link(lane.broker, sentNs);
        if (link.isEmpty() || !link.get().ready()) {
            lost(lane, call, new DisconnectException("not connected to broker " + lane.broker));
            return;
        }
        BrokerLink to = link.get();
        try {
            batches.forEach(batch -> BatchWriter.seal(batch, config.compression()));
            int limit = call.hasIds() ? PRODUCE_VERSIONS : ProduceCall.FIRST_VERSION_WITH_IDS - 1;
            short version = to.versions().version(ApiKeys.PRODUCE, limit);
            int timeoutMs = Math.toIntExact(config.client().requestTimeout().toMillis());
            ApiMessage request = call.request(version, timeoutMs);
            to.send(ApiKeys.PRODUCE.id, version, request, config.client().requestTimeout())
                    .whenComplete((response, failure) -> answered(lane, to, call, response, failure, sentNs));
        } catch (RuntimeException e) { // not spoken, or not writable
            refused(lane, call, e);
        }
    }

    private void answered(
            Lane lane, BrokerLink from, ProduceCall call, ApiMessage message, Throwable thrown, long sentNs) {
        if (thrown != null) {
            Throwable failure = Failures.cause(thrown);
            if (failure instanceof IOException || failure instanceof java.util.concurrent.TimeoutException) {
                lost(lane, call, connectionFailure(failure));
            } else {
                refused(lane, call, new ApiException("the request could not be sent", failure));
            }
            return;
        }
        long nowNs = System.nanoTime();
        metrics.onAnswer(nowNs - sentNs);
        ProduceResponseData response = (ProduceResponseData) message;
        List<ProduceCall.Answer> answers = call.answers(response);
        hints(response, answers);
        List<Batch> silent = new ArrayList<>(call.batches());
        boolean all = answers.size() == silent.size();
        if (!all) {
            answers.forEach(answer -> silent.remove(answer.batch()));
        }
        done(lane, accumulator -> {
            if (response.throttleTimeMs() > 0) {
                lane.muted = true;
                lane.mutedUntilNs = nowNs + response.throttleTimeMs() * 1_000_000L;
            }
            for (ProduceCall.Answer answer : answers) {
                take(accumulator, answer, nowNs);
            }
            if (!all) {
                RuntimeException reason = new ApiException("the broker's answer leaves a partition out");
                silent.forEach(batch -> accumulator.refused(batch, reason, nowNs));
            }
        });
        OptionalLong version = MetadataVersionTag.of(response);
        if (version.isPresent()) {
            cluster.seen(from, version.getAsLong());
        }
    }

    private void take(Accumulator accumulator, ProduceCall.Answer answer, long nowNs) {
        PartitionProduceResponse response = answer.response();
        Errors error = Errors.forCode(response.errorCode());
        if (error == Errors.NONE) {
            accumulator.succeeded(answer.batch(), response.baseOffset(), response.logAppendTimeMs(), nowNs);
            return;
        }
        log.debug(
                "batch refused topic={} partition={} sequence={} attempts={} error={} message={}",
                answer.batch().partition.topic.name,
                answer.batch().partition.partition,
                answer.batch().sequence,
                answer.batch().attempts,
                error,
                response.errorMessage());
        metrics.onRetry();
        accumulator.failed(answer.batch(), error, response.errorMessage(), nowNs);
    }

    /** Leaders that errors tell of are learnt first, so that what is kept for another attempt goes there. */
    private void hints(ProduceResponseData response, List<ProduceCall.Answer> answers) {
        boolean stale = false;
        for (ProduceCall.Answer answer : answers) {
            PartitionProduceResponse partition = answer.response();
            if (partition.errorCode() == Errors.NONE.code()) {
                continue;
            }
            if (partition.currentLeader().leaderId() >= 0) {
                cluster.hint(
                        answer.batch().partition.topic.name,
                        partition.index(),
                        partition.currentLeader().leaderId(),
                        partition.currentLeader().leaderEpoch(),
                        ProduceCall.nodes(response));
            } else {
                stale |= Errors.forCode(partition.errorCode()).exception() instanceof InvalidMetadataException;
            }
        }
        if (stale) {
            cluster.refresh();
        }
    }

    private void lost(Lane lane, ProduceCall call, RuntimeException cause) {
        cluster.refresh();
        done(lane, accumulator -> {
            long nowNs = System.nanoTime();
            for (Batch batch : call.batches()) {
                metrics.onRetry();
                accumulator.lost(batch, cause, nowNs);
            }
        });
    }

    private void refused(Lane lane, ProduceCall call, RuntimeException cause) {
        done(lane, accumulator -> {
            long nowNs = System.nanoTime();
            call.batches().forEach(batch -> accumulator.refused(batch, cause, nowNs));
        });
    }

    private static RuntimeException connectionFailure(Throwable failure) {
        return failure instanceof java.util.concurrent.TimeoutException
                ? new TimeoutException(failure.getMessage(), failure)
                : new DisconnectException(failure.getMessage(), failure);
    }

    private void done(Lane lane, java.util.function.Consumer<Accumulator> outcome) {
        shared.change(accumulator -> {
            accumulator.requestDone(lane);
            outcome.accept(accumulator);
        });
        tell();
        wake();
    }

    private void tell() {
        outcomes.tell(shared.takeFinished());
    }

    // ---- identity

    private void askIdentity(long nowNs) {
        if (identityAsked) {
            return;
        }
        if (identityPaused && identityNotBeforeNs - nowNs > 0) {
            alarm.at(identityNotBeforeNs);
            return;
        }
        Optional<BrokerLink> link = cluster.anyLink(nowNs);
        if (link.isEmpty()) {
            return; // we shall hear of one
        }
        identityAsked = true;
        metrics.onIdentity();
        InitProducerIdRequestData request =
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(Integer.MAX_VALUE);
        short version = link.get().versions().version(ApiKeys.INIT_PRODUCER_ID, INIT_PRODUCER_ID_VERSIONS);
        link.get()
                .send(
                        ApiKeys.INIT_PRODUCER_ID.id,
                        version,
                        request,
                        config.client().requestTimeout())
                .whenComplete(this::onIdentity);
    }

    private void onIdentity(ApiMessage message, Throwable failure) {
        identityAsked = false;
        if (failure == null) {
            InitProducerIdResponseData response = (InitProducerIdResponseData) message;
            Errors error = Errors.forCode(response.errorCode());
            if (error == Errors.NONE) {
                identityBackoff.reset();
                identityPaused = false;
                log.debug("producer id={} epoch={}", response.producerId(), response.producerEpoch());
                shared.change(accumulator ->
                        accumulator.identity(new ProducerIdentity(response.producerId(), response.producerEpoch())));
                wake();
                return;
            }
            if (!(error.exception() instanceof RetriableException)) {
                log.error("no producer id error={}", error);
                shared.change(accumulator -> accumulator.abandonAll(error.exception(), System.nanoTime()));
                tell();
            }
        }
        identityPaused = true;
        identityNotBeforeNs = System.nanoTime() + identityBackoff.nextNs();
        wake();
    }

    // ---- what the cluster tells

    @Override
    public void onRouting(RoutingTable table) {
        shared.change(accumulator -> accumulator.reroute(table));
        wake();
    }

    @Override
    public void onReady(BrokerLink link) {
        wake();
    }

    @Override
    public void onDown(BrokerLink link, Throwable cause) {
        if (cause instanceof org.apache.kafka.common.errors.AuthenticationException failure) {
            shared.change(accumulator -> accumulator.abandonAll(failure, System.nanoTime()));
            tell();
        }
        wake();
    }

    /** Fails what is left. Requests in flight hold their memory until their connections are closed. */
    void close() {
        closed = true;
        alarm.cancel();
        shared.change(accumulator -> {
            accumulator.abandonAll(Outcomes.closed(), System.nanoTime());
            accumulator.close();
        });
        tell();
    }
}
