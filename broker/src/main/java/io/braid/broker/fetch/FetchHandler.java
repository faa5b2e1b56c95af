package io.braid.broker.fetch;

import io.braid.broker.handler.ApiHandler;
import io.braid.broker.handler.LeaderHints;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.handler.TrafficListener;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.broker.shard.Shards;
import io.braid.protocol.MetadataVersionTag;
import io.braid.protocol.network.ConnectionState;
import io.braid.protocol.network.RequestContext;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Fetch (versions 4 to 18): reads batches for consumers, at once or when there is enough, with incremental sessions
 * (KIP-227).
 *
 * <p>Thread-safe; the state of a connection is owned by its event loop, and its fetches are served one after the other.
 */
public final class FetchHandler implements ApiHandler {
    private static final int INITIAL_EPOCH = 0;
    private static final int FINAL_EPOCH = -1;
    private static final int CONSUMER = -1;
    private static final short FIRST_FLEXIBLE_VERSION = 12;

    private final FetchService service;
    private final TrafficListener traffic;
    private final Authorizer authorizer;

    /**
     * @param brokerId this broker
     * @param rackAware whether consumers are sent to a replica in their rack (KIP-392)
     * @param readers runs reads that may wait for a disk; bounded
     */
    public FetchHandler(
            int brokerId,
            boolean rackAware,
            Shards shards,
            MetadataSource metadata,
            Executor readers,
            FetchLimits limits,
            TrafficListener traffic,
            Authorizer authorizer) {
        this.service = new FetchService(
                shards,
                metadata,
                new ReplicaSelector(brokerId, rackAware),
                readers,
                ByteBufAllocator.DEFAULT,
                limits,
                new FetchBudget(limits.maxHeldBytes()),
                new FetchSessions.Slots(limits.maxSessions()),
                new AtomicInteger());
        this.traffic = traffic;
        this.authorizer = authorizer;
    }

    /** Fetches that wait for data; any thread. */
    public int waiting() {
        return service.waiting().get();
    }

    /** Bytes of records in memory that are not sent yet; any thread. */
    public long heldBytes() {
        return service.budget().heldBytes();
    }

    /** Incremental sessions that are open; any thread. */
    public int sessions() {
        return service.limits().maxSessions() - service.slots().free();
    }

    @Override
    public void handle(RequestContext ctx) {
        FetchRequestData request = (FetchRequestData) ctx.body();
        if (replicaId(request) != CONSUMER) {
            // Replicas fetch on the inter-broker listener only: a client must not pass for one.
            ctx.reply(failed(Errors.INVALID_REQUEST, FetchSession.NO_SESSION));
            return;
        }
        Optional<Client> known = ctx.connection().get(Client.class);
        Client client = known.orElseGet(() -> newClient(ctx.connection()));
        client.fetches.add(ctx);
        if (client.fetches.size() == 1) {
            serve(client);
        }
    }

    /** The fetches of one connection, in order. Owned by its event loop. */
    private static final class Client {
        final EventExecutor eventLoop;
        final FetchSessions sessions;
        final ArrayDeque<RequestContext> fetches = new ArrayDeque<>();
        FetchRound round;

        Client(EventExecutor eventLoop, FetchSessions sessions) {
            this.eventLoop = eventLoop;
            this.sessions = sessions;
        }
    }

    private Client newClient(ConnectionState connection) {
        Client client = new Client(connection.eventLoop(), new FetchSessions(service.slots()));
        connection.put(client);
        connection.onClose(() -> {
            if (client.round != null) {
                client.round.abandon();
            }
            // Whoever abandons a request must still give back its frame.
            client.fetches.forEach(ctx -> ctx.reply(failed(Errors.NONE, FetchSession.NO_SESSION)));
            client.fetches.clear();
            client.sessions.all().forEach(s -> FetchRound.removeInterests(service, s.partitions()));
            client.sessions.clear();
        });
        return client;
    }

    // ---- sessions

    private void serve(Client client) {
        RequestContext ctx = client.fetches.peek();
        FetchRequestData request = (FetchRequestData) ctx.body();
        int id = request.sessionId();
        int epoch = request.sessionEpoch();
        if (epoch == FINAL_EPOCH || epoch == INITIAL_EPOCH) {
            end(client, id);
            int newId = epoch == INITIAL_EPOCH && ctx.apiVersion() >= 7
                    ? client.sessions.allocate()
                    : FetchSession.NO_SESSION;
            FetchSession session = new FetchSession(newId, client.eventLoop);
            if (newId != FetchSession.NO_SESSION) {
                session.advanceEpoch();
                client.sessions.add(session);
            }
            update(ctx, session, request);
            run(client, ctx, session, newId != FetchSession.NO_SESSION, true);
            return;
        }
        FetchSession session = client.sessions.get(id);
        if (session == null) {
            done(client, ctx, failed(Errors.FETCH_SESSION_ID_NOT_FOUND, FetchSession.NO_SESSION));
        } else if (epoch != session.nextEpoch()) {
            done(client, ctx, failed(Errors.INVALID_FETCH_SESSION_EPOCH, id));
        } else {
            session.advanceEpoch();
            update(ctx, session, request);
            run(client, ctx, session, true, false);
        }
    }

    private void end(Client client, int id) {
        FetchSession old = client.sessions.remove(id);
        if (old != null) {
            FetchRound.removeInterests(service, old.partitions());
        }
    }

    private void update(RequestContext ctx, FetchSession session, FetchRequestData request) {
        boolean byId = ctx.apiVersion() >= 13;
        for (FetchRequestData.FetchTopic topic : request.topics()) {
            for (FetchRequestData.FetchPartition p : topic.partitions()) {
                session.ask(key(byId, topic.topicId(), topic.topic(), p.partition()))
                        .ask(p.fetchOffset(), p.partitionMaxBytes(), p.currentLeaderEpoch(), p.lastFetchedEpoch());
            }
        }
        List<FetchPartition> gone = new ArrayList<>();
        for (FetchRequestData.ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                FetchPartition forgotten = session.forget(key(byId, topic.topicId(), topic.topic(), partition));
                if (forgotten != null) {
                    gone.add(forgotten);
                }
            }
        }
        FetchRound.removeInterests(service, gone);
    }

    private static FetchKey key(boolean byId, Uuid id, String name, int partition) {
        return byId ? new FetchKey(id, "", partition) : new FetchKey(Uuid.ZERO_UUID, name, partition);
    }

    private void run(Client client, RequestContext ctx, FetchSession session, boolean keeps, boolean answersAll) {
        FetchRequestData request = (FetchRequestData) ctx.body();
        Caller caller = Caller.of(ctx);
        int minBytes = session.partitions().isEmpty() && !keeps ? 0 : request.minBytes();
        client.round = new FetchRound(
                service,
                session,
                client.eventLoop,
                new FetchTerms(
                        keeps,
                        answersAll,
                        minBytes,
                        Math.min(request.maxBytes(), service.limits().maxResponseBytes()),
                        Math.min(
                                Math.max(request.maxWaitMs(), 0),
                                service.limits().maxWaitMs()),
                        topic -> authorizer.allowsOnTopic(caller, AclOperation.READ, topic),
                        request.rackId(),
                        ctx.listener()),
                found -> {
                    client.round = null;
                    done(client, ctx, response(ctx, session, found));
                });
        client.round.start();
    }

    private void done(Client client, RequestContext ctx, FetchResponseData response) {
        client.fetches.poll();
        ctx.reply(response);
        if (!client.fetches.isEmpty()) {
            serve(client);
        }
    }

    // ---- answers

    private FetchResponseData response(RequestContext ctx, FetchSession session, List<FetchPartition> found) {
        boolean byId = ctx.apiVersion() >= 13;
        FetchResponseData response =
                new FetchResponseData().setSessionId(session.id()).setErrorCode(Errors.NONE.code());
        FetchResponseData.FetchableTopicResponse topic = null;
        FetchKey last = null;
        for (FetchPartition p : found) {
            if (last == null || !sameTopic(last, p.key())) {
                topic = new FetchResponseData.FetchableTopicResponse();
                if (byId) {
                    topic.setTopicId(p.key().topicId());
                } else {
                    topic.setTopic(p.key().topic());
                }
                response.responses().add(topic);
                last = p.key();
            }
            topic.partitions().add(partition(ctx, response, p));
            p.told();
        }
        if (ctx.apiVersion() >= FIRST_FLEXIBLE_VERSION) {
            MetadataVersionTag.add(response, service.image().version());
        }
        return response;
    }

    private static boolean sameTopic(FetchKey a, FetchKey b) {
        return a.byId() ? a.topicId().equals(b.topicId()) : a.topic().equals(b.topic());
    }

    private FetchResponseData.PartitionData partition(
            RequestContext ctx, FetchResponseData response, FetchPartition p) {
        if (p.error() != Errors.NONE) {
            traffic.refused(ApiKeys.FETCH, p.error());
        } else if (p.records().sizeInBytes() > 0) {
            traffic.fetched(
                    p.topicId(), p.key().partition(), p.shardId(), p.records().sizeInBytes());
        }
        FetchResponseData.PartitionData data = new FetchResponseData.PartitionData()
                .setPartitionIndex(p.key().partition())
                .setErrorCode(p.error().code())
                .setHighWatermark(-1)
                .setLastStableOffset(-1)
                .setLogStartOffset(-1)
                .setPreferredReadReplica(p.preferredReplica())
                .setRecords(p.takeRecords());
        if (p.snapshot() != null && p.snapshot().highWatermark() >= 0) {
            data.setHighWatermark(p.snapshot().highWatermark())
                    .setLastStableOffset(p.snapshot().highWatermark())
                    .setLogStartOffset(p.snapshot().logStartOffset());
        }
        if (((FetchRequestData) ctx.body()).isolationLevel() == 1 && p.error() == Errors.NONE) {
            data.setAbortedTransactions(List.of());
        }
        if (ctx.apiVersion() >= 16 && LeaderHints.isStale(p.error())) {
            LeaderHints.of(service.image(), p.shardId(), ctx.listener()).ifPresent(hint -> {
                data.currentLeader().setLeaderId(hint.leaderId()).setLeaderEpoch(hint.leaderEpoch());
                if (response.nodeEndpoints().find(hint.leaderId()) == null) {
                    response.nodeEndpoints()
                            .add(new FetchResponseData.NodeEndpoint()
                                    .setNodeId(hint.leaderId())
                                    .setHost(hint.host())
                                    .setPort(hint.port())
                                    .setRack(hint.rack()));
                }
            });
        }
        return data;
    }

    private static FetchResponseData failed(Errors error, int sessionId) {
        return new FetchResponseData().setErrorCode(error.code()).setSessionId(sessionId);
    }

    private static int replicaId(FetchRequestData request) {
        return request.replicaState().replicaId() != CONSUMER
                ? request.replicaState().replicaId()
                : request.replicaId();
    }
}
