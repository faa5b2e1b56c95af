package io.braid.broker.produce;

import io.braid.broker.handler.ApiHandler;
import io.braid.broker.handler.LeaderHints;
import io.braid.broker.handler.TrafficListener;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.broker.shard.AppendTask;
import io.braid.broker.shard.PartitionAppend;
import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import io.braid.protocol.MetadataVersionTag;
import io.braid.protocol.network.RequestContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Produce (versions 3 to 13; 0 to 2 are listed and refused, KAFKA-18659): checks batches, hands them to their shards, and
 * answers when the asked-for acknowledgement is there.
 *
 * <p>Thread-safe. A request's batches are views of its frame, which it keeps until it is answered.
 */
public final class ProduceHandler implements ApiHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProduceHandler.class);
    private static final short FIRST_VERSION_WITH_BATCHES = 3;
    private static final short FIRST_VERSION_WITH_IDS = 13;
    private static final short FIRST_FLEXIBLE_VERSION = 9;
    private static final short FIRST_VERSION_WITH_HINTS = 10;
    private static final short ACKS_ALL = -1;

    private final Shards shards;
    private final Supplier<ClusterImage> image;
    private final TopicRules rules;
    private final Authorizer authorizer;
    private final Executor checkers;
    private final LongSupplier clockMs;
    private final TrafficListener traffic;
    private final Handover handover;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param image    the newest cluster image
     * @param checkers runs checks that must unpack batches; bounded
     * @param clockMs  wall-clock milliseconds
     * @param handover when answers that name another leader are kept back
     */
    public ProduceHandler(
            Shards shards,
            Supplier<ClusterImage> image,
            TopicRules rules,
            Authorizer authorizer,
            Executor checkers,
            LongSupplier clockMs,
            TrafficListener traffic,
            Handover handover) {
        this.shards = shards;
        this.image = image;
        this.rules = rules;
        this.authorizer = authorizer;
        this.checkers = checkers;
        this.clockMs = clockMs;
        this.traffic = traffic;
        this.handover = handover;
    }

    /** Requests whose shards have not all answered; any thread. */
    public int waiting() {
        return waiting.get();
    }

    @Override
    public void handle(RequestContext ctx) {
        ProduceRequestData request = (ProduceRequestData) ctx.body();
        List<TopicProduce> topics = new ArrayList<>(request.topicData().size());
        boolean mustUnpack = false;
        Errors refusedAsAWhole = refusal(ctx, request);
        ClusterImage now = image.get();
        for (ProduceRequestData.TopicProduceData sent : request.topicData()) {
            TopicProduce topic = route(ctx, now, sent, refusedAsAWhole);
            topics.add(topic);
            for (PartitionProduce p : topic.partitions()) {
                mustUnpack |= p.mustUnpack();
            }
        }
        boolean allAcks = request.acks() == ACKS_ALL;
        Optional<CheckingQueue> queue = ctx.connection().get(CheckingQueue.class);
        if (!mustUnpack && (queue.isEmpty() || queue.get().idle())) {
            check(topics, allAcks);
            append(ctx, topics, allAcks);
            return;
        }
        CheckingQueue checking = queue.orElseGet(() -> {
            CheckingQueue made = new CheckingQueue(ctx.connection().eventLoop(), checkers);
            ctx.connection().put(made);
            return made;
        });
        checking.check(() -> check(topics, allAcks), () -> append(ctx, topics, allAcks), e -> {
            LOG.error("event=produce_check_failed {}", ctx.connection(), e);
            topics.forEach(t -> t.partitions().forEach(p -> p.refuse(Errors.UNKNOWN_SERVER_ERROR, null)));
            answer(ctx, topics);
        });
    }

    /** One topic of a request. */
    private record TopicProduce(Uuid id, String name, List<PartitionProduce> partitions) {}

    // ---- routing

    private static Errors refusal(RequestContext ctx, ProduceRequestData request) {
        if (ctx.apiVersion() < FIRST_VERSION_WITH_BATCHES) {
            return Errors.UNSUPPORTED_VERSION;
        }
        if (request.acks() < ACKS_ALL || request.acks() > 1) {
            return Errors.INVALID_REQUIRED_ACKS;
        }
        return request.transactionalId() != null ? Errors.INVALID_TXN_STATE : Errors.NONE;
    }

    private TopicProduce route(
            RequestContext ctx, ClusterImage now, ProduceRequestData.TopicProduceData sent, Errors refusedAsAWhole) {
        boolean byId = ctx.apiVersion() >= FIRST_VERSION_WITH_IDS;
        Optional<TopicImage> topic = byId ? now.topic(sent.topicId()) : now.topic(sent.name());
        String name = topic.map(TopicImage::name).orElse(sent.name());
        Errors error = refusedAsAWhole;
        String message = null;
        if (error == Errors.NONE && topic.isEmpty()) {
            error = byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        } else if (error == Errors.NONE && !authorizer.allowsOnTopic(Caller.of(ctx), AclOperation.WRITE, name)) {
            error = Errors.TOPIC_AUTHORIZATION_FAILED;
        } else if (error == Errors.NONE && topic.get().internal()) {
            error = Errors.INVALID_TOPIC_EXCEPTION;
            message = "clients may not write to the internal topic " + name;
        }
        TopicRules.Settings settings = error == Errors.NONE ? rules.of(now, topic.get()) : null;
        Uuid id = topic.map(TopicImage::id).orElse(sent.topicId());
        List<PartitionProduce> partitions = new ArrayList<>(sent.partitionData().size());
        for (ProduceRequestData.PartitionProduceData data : sent.partitionData()) {
            PartitionProduce p = new PartitionProduce(data);
            if (error != Errors.NONE) {
                p.refuse(error, message);
            } else if (data.index() < 0 || data.index() >= topic.get().partitionCount()) {
                p.refuse(Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
            } else {
                p.goesTo(id, topic.get().shardOf(data.index()), settings);
            }
            partitions.add(p);
        }
        return new TopicProduce(id, sent.name(), partitions);
    }

    private void check(List<TopicProduce> topics, boolean allAcks) {
        long nowMs = clockMs.getAsLong();
        for (TopicProduce topic : topics) {
            for (PartitionProduce p : topic.partitions()) {
                p.check(allAcks, nowMs);
            }
        }
    }

    // ---- appending

    private void append(RequestContext ctx, List<TopicProduce> topics, boolean allAcks) {
        Map<Integer, List<PartitionAppend>> byShard = new LinkedHashMap<>();
        for (TopicProduce topic : topics) {
            for (PartitionProduce p : topic.partitions()) {
                if (p.append() != null) {
                    byShard.computeIfAbsent(p.shardId(), id -> new ArrayList<>())
                            .add(p.append());
                }
            }
        }
        if (byShard.isEmpty()) {
            answer(ctx, topics);
            return;
        }
        waiting.incrementAndGet();
        AtomicInteger left = new AtomicInteger(byShard.size());
        Runnable onDone = () -> {
            if (left.decrementAndGet() == 0) {
                waiting.decrementAndGet();
                answer(ctx, topics);
            }
        };
        long deadlineMs = clockMs.getAsLong() + Math.max(0, ((ProduceRequestData) ctx.body()).timeoutMs());
        byShard.forEach((shard, appends) -> shards.append(shard, new AppendTask(appends, allAcks, deadlineMs, onDone)));
    }

    private void count(List<TopicProduce> topics) {
        for (TopicProduce topic : topics) {
            for (PartitionProduce p : topic.partitions()) {
                if (p.error() == Errors.NONE) {
                    traffic.produced(topic.id(), p.partition(), p.shardId(), p.sizeBytes());
                } else {
                    traffic.refused(ApiKeys.PRODUCE, p.error());
                }
            }
        }
    }

    // ---- answering

    private void answer(RequestContext ctx, List<TopicProduce> topics) {
        count(topics);
        if (((ProduceRequestData) ctx.body()).acks() == 0) {
            answerWithoutAcks(ctx, topics);
            return;
        }
        ProduceResponseData response = new ProduceResponseData();
        boolean byId = ctx.apiVersion() >= FIRST_VERSION_WITH_IDS;
        for (TopicProduce topic : topics) {
            ProduceResponseData.TopicProduceResponse answered = new ProduceResponseData.TopicProduceResponse();
            if (byId) {
                answered.setTopicId(topic.id());
            } else {
                answered.setName(topic.name());
            }
            for (PartitionProduce p : topic.partitions()) {
                answered.partitionResponses().add(partition(ctx, response, p));
            }
            response.responses().add(answered);
        }
        if (ctx.apiVersion() >= FIRST_FLEXIBLE_VERSION) {
            MetadataVersionTag.add(response, image.get().version());
        }
        long keptBackNs = isSentAway(topics) ? handover.waitNs() : 0;
        if (keptBackNs == 0) {
            ctx.reply(response);
        } else {
            var unused =
                    ctx.connection().eventLoop().schedule(() -> ctx.reply(response), keptBackNs, TimeUnit.NANOSECONDS);
        }
    }

    private static boolean isSentAway(List<TopicProduce> topics) {
        for (TopicProduce topic : topics) {
            for (PartitionProduce p : topic.partitions()) {
                if (p.error() == Errors.NOT_LEADER_OR_FOLLOWER) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The producer hears nothing; as Kafka does, an error closes its connection so that it notices. */
    private static void answerWithoutAcks(RequestContext ctx, List<TopicProduce> topics) {
        for (TopicProduce topic : topics) {
            for (PartitionProduce p : topic.partitions()) {
                if (p.error() != Errors.NONE) {
                    ctx.close("produce with acks=0 failed: topic=" + topic.name() + " partition=" + p.partition()
                            + " error=" + p.error());
                    return;
                }
            }
        }
        ctx.replyNothing();
    }

    private ProduceResponseData.PartitionProduceResponse partition(
            RequestContext ctx, ProduceResponseData response, PartitionProduce p) {
        ProduceResponseData.PartitionProduceResponse answer = new ProduceResponseData.PartitionProduceResponse()
                .setIndex(p.partition())
                .setErrorCode(p.error().code())
                .setBaseOffset(-1)
                .setLogAppendTimeMs(-1)
                .setLogStartOffset(-1);
        if (p.error() == Errors.NONE) {
            answer.setBaseOffset(p.append().baseOffset())
                    .setLogAppendTimeMs(p.append().logAppendTimeMs())
                    .setLogStartOffset(p.append().logStartOffset());
        } else if (p.message() != null) {
            answer.setErrorMessage(p.message());
        }
        if (ctx.apiVersion() >= FIRST_VERSION_WITH_HINTS && LeaderHints.isStale(p.error())) {
            LeaderHints.of(image.get(), p.shardId(), ctx.listener()).ifPresent(hint -> {
                answer.currentLeader().setLeaderId(hint.leaderId()).setLeaderEpoch(hint.leaderEpoch());
                if (response.nodeEndpoints().find(hint.leaderId()) == null) {
                    response.nodeEndpoints()
                            .add(new ProduceResponseData.NodeEndpoint()
                                    .setNodeId(hint.leaderId())
                                    .setHost(hint.host())
                                    .setPort(hint.port())
                                    .setRack(hint.rack()));
                }
            });
        }
        return answer;
    }
}
