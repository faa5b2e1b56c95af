package io.braid.broker.replication;

import io.braid.broker.replication.FollowedShard.State;
import io.braid.broker.replication.message.Lane;
import io.braid.broker.replication.message.ReplicaFetchRequest;
import io.braid.broker.replication.message.ReplicaFetchRequest.Follower;
import io.braid.broker.replication.message.ReplicaFetchRequest.Position;
import io.braid.broker.replication.message.ReplicaFetchResponse;
import io.braid.broker.replication.message.ReplicaFetchResponse.ShardNews;
import io.braid.broker.replication.message.ReplicationApis;
import io.braid.broker.shard.FollowerPosition;
import io.braid.broker.shard.ReplicaAnswer;
import io.braid.image.Endpoint;
import io.braid.log.EntryRun;
import io.braid.protocol.network.LeasedResponse;
import io.braid.protocol.network.ProtocolClient;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane to one leader: a connection while it has shards, and a few requests on their way.
 *
 * <p>What comes is handed to the shards at once; when a shard has appended, its acknowledgement goes out with the next request,
 * which is sent at once: no timer lies between a write at the leader and its acknowledgement. An idle lane has one request at
 * the leader. A lane without shards has no connection. Owned by its event loop, the connection's too.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is scheduled or chained here ends in this lane
final class FetchLane {
    private static final Logger LOG = LoggerFactory.getLogger(FetchLane.class);

    private static final short VERSION = 0;
    private static final int MAX_OUTSTANDING =
            4; // the leader keeps two at most, so that one for an ack is always soon free
    private static final long FIRST_BACKOFF_MS = 20;
    private static final long LONGEST_BACKOFF_MS = 1000;
    private static final long REFUSED_RETRY_MS = 100;
    private static final long UNUSABLE_RETRY_MS = 2000;

    /** After which the throttle is asked again: its rate may have changed. */
    private static final long LONGEST_THROTTLE_NS = 100_000_000;

    /** After which the others of an answer are acknowledged without a shard that takes longer. */
    private static final long SLOW_SHARD_MS = 2;

    /** The shards of one answer that are to be acknowledged together. */
    private static final class Applying {
        int left;
        boolean acked;
        boolean timed;
    }

    /** What a lane needs of its surroundings. */
    interface Host {
        /** The shard's entries are gone at the leader: copy the whole, then {@link FetchLane#locate} it again. */
        void copySnapshot(int shardId, int leaderEpoch);
    }

    private final int leaderId;
    private final Lane lane;
    private final FetchSettings settings;
    private final FollowerShards shards;
    private final Membership membership;
    private final EventLoop loop;
    private final Throttle throttle;
    private final Host host;
    private final Backoff backoff;
    private final Map<Integer, FollowedShard> followed = new HashMap<>();
    private final ArrayDeque<FollowedShard> dirty = new ArrayDeque<>();
    private final List<Integer> forgotten = new ArrayList<>();

    private Optional<Endpoint> endpoint = Optional.empty();
    private Optional<ProtocolClient> client = Optional.empty();
    private boolean connecting;
    private boolean served; // this connection has had a good answer
    private boolean waitsForRetry;
    private boolean sendScheduled;
    private boolean throttled;
    private boolean closed;
    private int connection; // counts connections, so that what belongs to an old one can be told
    private Follower follower; // of this connection
    private int nextNumber;
    private int outstanding;
    private int nextAttempt;
    private long unappliedBytes;

    FetchLane(
            int leaderId,
            Lane lane,
            FetchSettings settings,
            FollowerShards shards,
            Membership membership,
            EventLoop loop,
            Throttle throttle,
            Host host,
            RandomGenerator random) {
        this.leaderId = leaderId;
        this.lane = lane;
        this.settings = settings;
        this.shards = shards;
        this.membership = membership;
        this.loop = loop;
        this.throttle = throttle;
        this.host = host;
        this.backoff = new Backoff(FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, random);
    }

    // ---- what to follow

    void follow(int shardId, int leaderEpoch) {
        FollowedShard known = followed.get(shardId);
        if (known == null || known.leaderEpoch != leaderEpoch) {
            followed.put(shardId, new FollowedShard(shardId, leaderEpoch));
            locate(shardId);
            connect();
        }
    }

    void unfollow(int shardId) {
        FollowedShard gone = followed.remove(shardId);
        if (gone == null) {
            return;
        }
        dirty.remove(gone);
        if (followed.isEmpty()) {
            disconnect();
        } else if (client.isPresent()) {
            forgotten.add(shardId);
            scheduleSend();
        }
    }

    boolean follows(int shardId) {
        return followed.containsKey(shardId);
    }

    /** Where the leader is reached; another place, or another incarnation there, makes the connection anew. */
    void connectTo(Optional<Endpoint> place, boolean newIncarnation) {
        if (newIncarnation || !place.equals(endpoint)) {
            endpoint = place;
            backoff.reset();
            disconnect();
            connect();
        }
    }

    void close() {
        closed = true;
        followed.clear();
        disconnect();
    }

    /** Asks the shard where it goes on, and fetches from there. */
    void locate(int shardId) {
        FollowedShard shard = followed.get(shardId);
        if (shard != null) {
            shard.state = State.LOCATING;
            shard.attempt = ++nextAttempt;
            int attempt = shard.attempt;
            shards.position(shardId, position -> loop.execute(() -> onLocated(shard, attempt, position)));
        }
    }

    private void onLocated(FollowedShard shard, int attempt, FollowerPosition position) {
        if (isCurrent(shard, attempt) && shard.state == State.LOCATING) {
            resume(shard, position);
        }
    }

    private boolean isCurrent(FollowedShard shard, int attempt) {
        return followed.get(shard.shardId) == shard && shard.attempt == attempt;
    }

    /** Begins a new attempt from a position, if the shard can follow in this epoch. */
    private void resume(FollowedShard shard, FollowerPosition position) {
        if (position.follows() && position.leaderEpoch() == shard.leaderEpoch) {
            shard.startFrom(position, ++nextAttempt);
            markDirty(shard);
        } else if (position.error() == Errors.OFFSET_OUT_OF_RANGE) {
            copy(shard);
        } else {
            // Damaged on its way, no room: soon. Offline, or not followed any more: as a rule another call of follow is
            // first.
            retryLater(shard, position.error() == Errors.UNKNOWN_SERVER_ERROR ? REFUSED_RETRY_MS : UNUSABLE_RETRY_MS);
        }
    }

    private void copy(FollowedShard shard) {
        shard.state = State.WAITING;
        shard.attempt = ++nextAttempt;
        host.copySnapshot(shard.shardId, shard.leaderEpoch);
    }

    private void retryLater(FollowedShard shard, long delayMs) {
        shard.state = State.WAITING;
        shard.attempt = ++nextAttempt;
        int attempt = shard.attempt;
        loop.schedule(
                () -> {
                    if (isCurrent(shard, attempt)) {
                        locate(shard.shardId);
                    }
                },
                delayMs,
                TimeUnit.MILLISECONDS);
    }

    private void markDirty(FollowedShard shard) {
        enqueue(shard);
        scheduleSend();
    }

    private void enqueue(FollowedShard shard) {
        if (!shard.dirty) {
            shard.dirty = true;
            dirty.add(shard);
        }
    }

    // ---- connection

    private void connect() {
        if (closed || connecting || waitsForRetry || client.isPresent() || followed.isEmpty() || endpoint.isEmpty()) {
            return;
        }
        connecting = true;
        int mine = ++connection;
        Endpoint at = endpoint.get();
        ProtocolClient.connect(at.host(), at.port(), ReplicationApis.CATALOG, loop, settings.connect())
                .whenComplete((made, failure) -> loop.execute(() -> onConnected(mine, made, failure)));
    }

    private void onConnected(int mine, ProtocolClient made, Throwable failure) {
        if (mine != connection) {
            if (made != null) {
                made.close();
            }
            return;
        }
        connecting = false;
        if (failure != null) {
            LOG.debug(
                    "event=replica_connect_failed leader={} lane={} reason=\"{}\"", leaderId, lane, failure.toString());
            retryConnection();
            return;
        }
        client = Optional.of(made);
        made.onClose(() -> loop.execute(() -> onConnectionLost(mine, "closed")));
        follower = new Follower(
                membership.image().clusterId(), leaderId, settings.brokerId(), membership.brokerEpoch(), lane);
        nextNumber = 0;
        outstanding = 0;
        forgotten.clear();
        dirty.forEach(shard -> shard.dirty = false);
        dirty.clear();
        followed.keySet().forEach(this::locate);
    }

    private void onConnectionLost(int mine, String reason) {
        if (mine == connection) {
            if (served) {
                LOG.info("event=replica_lane_lost leader={} lane={} reason=\"{}\"", leaderId, lane, reason);
            } else {
                LOG.debug("event=replica_lane_refused leader={} lane={} reason=\"{}\"", leaderId, lane, reason);
            }
            disconnect();
            retryConnection();
        }
    }

    private void disconnect() {
        connection++;
        connecting = false;
        served = false;
        Optional<ProtocolClient> was = client;
        client = Optional.empty();
        was.ifPresent(ProtocolClient::close);
    }

    private void retryConnection() {
        if (!closed && !waitsForRetry) {
            waitsForRetry = true;
            loop.schedule(
                    () -> {
                        waitsForRetry = false;
                        connect();
                    },
                    backoff.nextMs(),
                    TimeUnit.MILLISECONDS);
        }
    }

    // ---- requests

    /** Sends once all that is done on this loop by now is done, so that acknowledgements of one time share a request. */
    private void scheduleSend() {
        if (!sendScheduled) {
            sendScheduled = true;
            loop.execute(() -> {
                sendScheduled = false;
                send();
            });
        }
    }

    private void send() {
        boolean news = !dirty.isEmpty() || !forgotten.isEmpty();
        boolean nothingYet = nextNumber == 0 && dirty.isEmpty();
        if (client.isEmpty()
                || nothingYet
                || (!news && outstanding > 0)
                || outstanding >= MAX_OUTSTANDING
                || unappliedBytes > settings.maxUnappliedBytes()
                || isThrottled()) {
            return;
        }
        List<Position> positions = new ArrayList<>(dirty.size());
        for (FollowedShard shard : dirty) {
            shard.dirty = false;
            if (shard.state == State.FETCHING) {
                positions.add(shard.position());
            }
        }
        dirty.clear();
        ReplicaFetchRequest request = new ReplicaFetchRequest(
                follower,
                nextNumber++,
                membership.image().version(),
                settings.maxWaitMs(),
                settings.maxBytes(),
                positions,
                forgotten);
        forgotten.clear();
        outstanding++;
        int mine = connection;
        client.get()
                .sendLeased(ReplicationApis.REPLICA_FETCH, VERSION, request, settings.requestTimeout())
                .whenComplete((response, failure) -> onAnswer(mine, response, failure));
    }

    private boolean isThrottled() {
        long delayNs = lane == Lane.CATCHING_UP ? throttle.delayNs(System.nanoTime()) : 0;
        if (delayNs > 0 && !throttled) {
            throttled = true;
            loop.schedule(
                    () -> {
                        throttled = false;
                        send();
                    },
                    Math.min(delayNs, LONGEST_THROTTLE_NS),
                    TimeUnit.NANOSECONDS);
        }
        return delayNs > 0;
    }

    // ---- answers

    private void onAnswer(int mine, LeasedResponse response, Throwable failure) {
        if (!loop.inEventLoop()) { // only when the loop ends
            if (response != null) {
                response.release();
            }
            return;
        }
        if (failure != null) {
            onConnectionLost(mine, failure.toString());
            return;
        }
        FrameUse frame = new FrameUse(response);
        try {
            if (mine == connection) {
                outstanding--;
                onFetched((ReplicaFetchResponse) response.body(), frame);
            }
        } finally {
            frame.userDone();
        }
    }

    private void onFetched(ReplicaFetchResponse response, FrameUse frame) {
        membership.onVersionSeen(response.metadataVersion());
        if (response.error() != Errors.NONE) {
            onConnectionLost(connection, response.error() + " " + response.message());
            return;
        }
        if (!served) {
            served = true;
            backoff.reset();
            LOG.info("event=replica_lane_open leader={} lane={} shards={}", leaderId, lane, followed.size());
        }
        throttle.add(lane == Lane.CATCHING_UP ? response.entriesBytes() : 0, System.nanoTime());
        Applying applying = new Applying();
        for (ShardNews news : response.news()) {
            FollowedShard shard = followed.get(news.shardId());
            if (shard != null && shard.attempt == news.attempt() && shard.state == State.FETCHING) {
                onNews(shard, news, frame, applying);
            }
        }
        if (outstanding == 0) {
            scheduleSend();
        }
    }

    private void onNews(FollowedShard shard, ShardNews news, FrameUse frame, Applying applying) {
        if (news.error() == Errors.OFFSET_OUT_OF_RANGE) {
            copy(shard);
        } else if (news.error() != Errors.NONE) {
            LOG.debug("event=replica_refused shard={} leader={} error={}", shard.shardId, leaderId, news.error());
            retryLater(shard, REFUSED_RETRY_MS);
        } else {
            apply(shard, news, frame, applying);
        }
    }

    private void apply(FollowedShard shard, ShardNews news, FrameUse frame, Applying applying) {
        applying.left++;
        int attempt = shard.attempt;
        int bytes = news.entries().sizeInBytes();
        unappliedBytes += bytes;
        frame.addUser();
        ReplicaAnswer answer = new ReplicaAnswer(
                news.shardId(),
                news.error(),
                news.leaderId(),
                news.leaderEpoch(),
                news.commitLsn(),
                news.startLsn(),
                news.endLsn(),
                news.divergence(),
                new EntryRun(news.firstLsn(), news.endLsn(), news.entries()));
        shards.apply(answer, position -> {
            frame.userDone();
            loop.execute(() -> onApplied(shard, attempt, answer, bytes, position, applying));
        });
    }

    private void onApplied(
            FollowedShard shard,
            int attempt,
            ReplicaAnswer answer,
            int bytes,
            FollowerPosition position,
            Applying applying) {
        unappliedBytes -= bytes;
        if (isCurrent(shard, attempt) && shard.state == State.FETCHING) {
            boolean fits = position.follows()
                    && position.leaderEpoch() == shard.leaderEpoch
                    && answer.divergence().isEmpty()
                    && position.fetchLsn() >= answer.entries().endLsn();
            if (!fits) {
                resume(shard, position);
            } else if (note(position)) {
                applying.acked = true;
            }
        }
        if (--applying.left == 0) {
            scheduleSend();
        } else if (applying.acked && !applying.timed) {
            applying.timed = true;
            loop.schedule(this::send, SLOW_SHARD_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** The leader is told that more is safe here. */
    void acked(FollowerPosition position) {
        if (note(position)) {
            scheduleSend();
        }
    }

    /** Notes that more is safe here, for the next request. False if that is no news. */
    private boolean note(FollowerPosition position) {
        FollowedShard shard = followed.get(position.shardId());
        if (shard != null
                && shard.state == State.FETCHING
                && position.leaderEpoch() == shard.leaderEpoch
                && position.ackLsn() > shard.ackLsn) {
            shard.ackLsn = position.ackLsn();
            enqueue(shard);
            return true;
        }
        return false;
    }
}
