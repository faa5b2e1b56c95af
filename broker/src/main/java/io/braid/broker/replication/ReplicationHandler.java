package io.braid.broker.replication;

import io.braid.broker.replication.message.HighWatermarksRequest;
import io.braid.broker.replication.message.HighWatermarksResponse;
import io.braid.broker.replication.message.ReplicaFetchRequest;
import io.braid.broker.replication.message.ReplicaFetchRequest.Follower;
import io.braid.broker.replication.message.ReplicaFetchResponse;
import io.braid.broker.replication.message.ReplicaSnapshotRequest;
import io.braid.broker.replication.message.ReplicaSnapshotResponse;
import io.braid.broker.replication.message.ReplicationApis;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.protocol.network.ConnectionState;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.network.RequestHandler;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;

/**
 * What the inter-broker listener answers. A follower is served only while the image knows its incarnation; one that knows a
 * newer image than we do waits a moment for ours. Thread-safe; the state of a connection is owned by its event loop.
 */
public final class ReplicationHandler implements RequestHandler, AutoCloseable {
    private static final long IMAGE_WAIT_MS = 1000;

    private final int brokerId;
    private final LeaderShards shards;
    private final Membership membership;
    private final Executor readers;
    private final SnapshotSource snapshots;
    private final HighWatermarks highWatermarks;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /**
     * @param highWatermarks of what this broker leads
     * @param readers run reads that may wait for the disk
     */
    public ReplicationHandler(
            int brokerId,
            LeaderShards shards,
            SnapshotSource.Logs logs,
            HighWatermarks highWatermarks,
            Membership membership,
            Executor readers) {
        this.brokerId = brokerId;
        this.shards = shards;
        this.membership = membership;
        this.readers = readers;
        this.snapshots = new SnapshotSource(logs, readers);
        this.highWatermarks = highWatermarks;
    }

    /** A connection with a follower's session, and requests that wait until it is admitted. */
    private static final class Connection {
        final ConnectionState state;
        final Queue<RequestContext> early = new ArrayDeque<>();
        Optional<LeaderSession> session = Optional.empty();
        boolean admitting;

        Connection(ConnectionState state) {
            this.state = state;
        }
    }

    @Override
    public void handle(RequestContext context) {
        switch (context.apiKey()) {
            case ReplicationApis.REPLICA_FETCH -> fetch(context);
            case ReplicationApis.REPLICA_SNAPSHOT -> snapshot(context);
            case ReplicationApis.REPLICA_SNAPSHOT_CHUNK -> snapshots.chunk(context);
            case ReplicationApis.HIGH_WATERMARKS -> highWatermarks(context);
            default -> context.close("no handler for key " + context.apiKey());
        }
    }

    /** Ends the sessions of incarnations that are over, on any thread. */
    public void onImage(ClusterImage image) {
        for (Connection connection : connections) {
            connection
                    .state
                    .eventLoop()
                    .execute(() -> connection.session.ifPresent(session -> {
                        if (refusal(session.follower(), image) != Errors.NONE) {
                            session.end(Errors.STALE_BROKER_EPOCH, "the broker was registered anew");
                        }
                    }));
        }
    }

    /** Lets go of what followers left behind; call it now and then. */
    public void expire() {
        snapshots.expire(System.nanoTime());
    }

    /** Sessions that are open; any thread. */
    public int sessions() {
        return connections.size();
    }

    @Override
    public void close() {
        snapshots.close();
    }

    // ---- fetches

    private void fetch(RequestContext context) {
        Connection connection = context.connection().get(Connection.class).orElseGet(() -> open(context.connection()));
        if (connection.session.isPresent()) {
            membership.onVersionSeen(((ReplicaFetchRequest) context.body()).metadataVersion());
            connection.session.get().onRequest(context, System.nanoTime());
            return;
        }
        connection.early.add(context);
        if (!connection.admitting) {
            connection.admitting = true;
            ReplicaFetchRequest request = (ReplicaFetchRequest) context.body();
            whenKnown(
                    context,
                    request.follower(),
                    request.metadataVersion(),
                    () -> admit(connection, request.follower()));
        }
    }

    private Connection open(ConnectionState state) {
        Connection made = new Connection(state);
        state.put(made);
        connections.add(made);
        state.onClose(() -> {
            connections.remove(made);
            made.session.ifPresent(LeaderSession::onClosed);
            answerEarly(made, Errors.NETWORK_EXCEPTION);
        });
        return made;
    }

    private void admit(Connection connection, Follower follower) {
        connection.admitting = false;
        Errors refusal = refusal(follower, membership.image());
        if (refusal != Errors.NONE) {
            answerEarly(connection, refusal);
        } else if (!connection.state.closed()) {
            LeaderSession session = new LeaderSession(
                    follower, shards, () -> membership.image().version(), connection.state.eventLoop(), readers);
            connection.session = Optional.of(session);
            for (RequestContext early = connection.early.poll(); early != null; early = connection.early.poll()) {
                session.onRequest(early, System.nanoTime());
            }
        }
    }

    private void answerEarly(Connection connection, Errors error) {
        for (RequestContext early = connection.early.poll(); early != null; early = connection.early.poll()) {
            Follower follower = ((ReplicaFetchRequest) early.body()).follower();
            early.reply(ReplicaFetchResponse.failed(
                    error,
                    "broker " + brokerId + " does not serve " + follower,
                    membership.image().version()));
        }
    }

    // ---- copies

    private void snapshot(RequestContext context) {
        ReplicaSnapshotRequest request = (ReplicaSnapshotRequest) context.body();
        whenKnown(context, request.follower(), 0, () -> {
            ClusterImage image = membership.image();
            Errors refusal = refusal(request.follower(), image);
            Optional<ShardImage> shard = image.shard(request.shardId());
            if (refusal != Errors.NONE) {
                context.reply(ReplicaSnapshotResponse.failed(refusal, "the follower is not known"));
            } else if (shard.isEmpty()
                    || shard.get().leader() != brokerId
                    || shard.get().leaderEpoch() != request.leaderEpoch()) {
                context.reply(ReplicaSnapshotResponse.failed(Errors.NOT_LEADER_OR_FOLLOWER, "another leader"));
            } else {
                snapshots.open(context);
            }
        });
    }

    // ---- measuring

    private void highWatermarks(RequestContext context) {
        HighWatermarksRequest request = (HighWatermarksRequest) context.body();
        if (!request.clusterId().equals(membership.image().clusterId())) {
            context.reply(HighWatermarksResponse.failed(Errors.INCONSISTENT_CLUSTER_ID));
        } else if (request.partitions().size() > HighWatermarksRequest.MAX_PARTITIONS) {
            context.reply(HighWatermarksResponse.failed(Errors.INVALID_REQUEST));
        } else {
            var unused = highWatermarks
                    .ask(brokerId, request.partitions())
                    .whenComplete((found, failure) -> context.reply(
                            failure == null
                                    ? HighWatermarksResponse.of(found)
                                    : HighWatermarksResponse.failed(Errors.UNKNOWN_SERVER_ERROR)));
        }
    }

    // ---- who may

    /** Runs the action on the connection's event loop, at once or when our image has caught up with what the peer knows. */
    private void whenKnown(RequestContext context, Follower follower, long version, Runnable action) {
        membership.onVersionSeen(version);
        if (refusal(follower, membership.image()) == Errors.NONE
                || membership.image().version() >= version) {
            action.run();
            return;
        }
        var unused = membership
                .awaitVersion(version)
                .orTimeout(IMAGE_WAIT_MS, TimeUnit.MILLISECONDS)
                .whenComplete(
                        (done, failure) -> context.connection().eventLoop().execute(action));
    }

    private Errors refusal(Follower follower, ClusterImage image) {
        if (!follower.clusterId().equals(image.clusterId())) {
            return Errors.INCONSISTENT_CLUSTER_ID;
        }
        if (follower.leaderId() != brokerId) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        boolean known = image.broker(follower.brokerId())
                .map(BrokerImage::epoch)
                .filter(epoch -> epoch == follower.brokerEpoch())
                .isPresent();
        return known ? Errors.NONE : Errors.STALE_BROKER_EPOCH;
    }
}
