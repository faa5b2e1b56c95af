package io.braid.broker.replication;

import io.braid.broker.replication.message.ReplicaFetchRequest;
import io.braid.broker.replication.message.ReplicaFetchRequest.Follower;
import io.braid.broker.replication.message.ReplicaFetchRequest.Position;
import io.braid.broker.replication.message.ReplicaFetchResponse;
import io.braid.broker.replication.message.ReplicaFetchResponse.ShardNews;
import io.braid.broker.shard.ReplicaAnswer;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.records.FetchedRecords;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane of one follower at this leader. It remembers the follower's shards and how far each was sent, looks at those that
 * have something to say, and answers the oldest request that waits as soon as there are entries, an error or a divergence. At
 * each shard that the follower is level with waits a fetch of its own, which the next append answers. A commit LSN alone waits
 * a few milliseconds for entries to go with. While an answer is on its way and not acknowledged, a few entries wait for others,
 * so that under load an answer carries what came in a round trip, and an idle shard's entry goes at once.
 *
 * <p>What costs is what has news: an idle session is one request in hand, whatever the number of its shards. Owned by the
 * event loop of its connection, with which it ends.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is scheduled here reports by itself
final class LeaderSession {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderSession.class);

    /** Requests kept in hand; one more makes the oldest go back, so that a follower is never short of one for its next ack. */
    private static final int MAX_PARKED = 2;

    /** Entries asked of one shard at a time. All shards together may bring more than a request asked for: the rest waits for the next. */
    private static final int MIN_LOOK_BYTES = 64 << 10;

    private static final int MAX_LOOK_BYTES = 1 << 20;
    private static final long COMMIT_NOTICE_DELAY_MS = 5;

    /** Fewer entries than this wait for the acknowledgement of those on their way, but not for long. */
    private static final int WORTH_AN_ANSWER_BYTES = 64 << 10;

    private static final long LONGEST_HOLD_MS = 1;
    private static final long BUSY_RETRY_MS = 1;

    private final Follower follower;
    private final LeaderShards shards;
    private final LongSupplier metadataVersion;
    private final EventExecutor loop;
    private final Executor readers;
    private final Map<Integer, ServedShard> served = new HashMap<>();
    private final ArrayDeque<Parked> parked = new ArrayDeque<>();
    private final ArrayDeque<ServedShard> ready = new ArrayDeque<>();
    private final ArrayDeque<ShardNews> pending = new ArrayDeque<>();
    private final List<ServedShard> commits = new ArrayList<>();
    private int nextNumber;
    private long pendingBytes;
    private boolean respondScheduled;
    private boolean commitsDue;
    private boolean unacknowledged; // the last entries that were sent
    private boolean holds; // a timer ends the hold
    private boolean ended;
    private ScheduledFuture<?> timer;

    /** A request that waits for news. */
    private record Parked(RequestContext context, int maxBytes, long deadlineNs) {}

    /**
     * @param metadataVersion of this broker's image, for the answers
     * @param readers run reads that may wait for the disk
     */
    LeaderSession(
            Follower follower,
            LeaderShards shards,
            LongSupplier metadataVersion,
            EventExecutor loop,
            Executor readers) {
        this.follower = follower;
        this.shards = shards;
        this.metadataVersion = metadataVersion;
        this.loop = loop;
        this.readers = readers;
    }

    Follower follower() {
        return follower;
    }

    /** Takes the next request of the follower. */
    void onRequest(RequestContext context, long nowNs) {
        ReplicaFetchRequest request = (ReplicaFetchRequest) context.body();
        if (ended) {
            context.reply(ReplicaFetchResponse.failed(Errors.STALE_BROKER_EPOCH, "", metadataVersion.getAsLong()));
            return;
        }
        if (!request.follower().equals(follower) || request.number() != nextNumber) {
            context.close("request " + request.number() + " of " + request.follower() + " in a session of " + follower
                    + " that expects " + nextNumber);
            return;
        }
        nextNumber++;
        for (int shardId : request.forgotten()) {
            forget(shardId);
        }
        unacknowledged &= request.positions().isEmpty();
        for (Position position : request.positions()) {
            ServedShard shard = served.computeIfAbsent(
                    position.shardId(), id -> new ServedShard(id, one -> loop.execute(() -> onCommit(one))));
            shard.update(position);
            enqueue(shard);
        }
        parked.add(new Parked(context, request.maxBytes(), nowNs + TimeUnit.MILLISECONDS.toNanos(request.maxWaitMs())));
        look();
        if (parked.size() > MAX_PARKED) {
            answer(parked.poll());
        }
        respond();
    }

    /** The follower may not go on: it is another incarnation by now. Its requests are answered with the error. */
    void end(Errors error, String message) {
        if (!ended) {
            release();
            parked.forEach(
                    p -> p.context().reply(ReplicaFetchResponse.failed(error, message, metadataVersion.getAsLong())));
            parked.clear();
        }
    }

    /** The connection is gone. */
    void onClosed() {
        end(Errors.NETWORK_EXCEPTION, ""); // whoever drops a request must still give back its frame
    }

    private void release() {
        ended = true;
        pending.forEach(news -> news.entries().release());
        pending.clear();
        served.values().forEach(shard -> shards.forget(shard.shardId, shard.interest));
        served.clear();
        ready.clear();
        commits.clear();
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void forget(int shardId) {
        ServedShard gone = served.remove(shardId);
        if (gone != null) {
            gone.forgotten = true;
            shards.forget(shardId, gone.interest);
        }
    }

    // ---- looking

    private void enqueue(ServedShard shard) {
        if (!shard.queued && !shard.stopped && !shard.forgotten) {
            shard.queued = true;
            ready.add(shard);
        }
    }

    /** Sees to the shards that have something to say, as far as the oldest request has room for their entries. */
    private void look() {
        long room = parked.isEmpty() ? 0 : parked.peek().maxBytes() - pendingBytes;
        int each = (int) Math.max(MIN_LOOK_BYTES, Math.min(room / Math.max(1, ready.size()), MAX_LOOK_BYTES));
        for (int left = ready.size(); left > 0; left--) {
            ServedShard shard = ready.poll();
            shard.queued = false;
            if (shard.stopped || shard.forgotten) {
                continue;
            }
            if (!shard.looking && room > 0) {
                look(shard, each);
            } else {
                if (shard.ackPending) {
                    acknowledge(shard);
                }
                if (!shard.looking) {
                    enqueue(shard);
                }
            }
        }
    }

    private void look(ServedShard shard, int bytes) {
        int look = ++shard.look;
        shard.looking = true;
        shard.ackPending = false;
        shards.serve(
                shard.fetch(follower.brokerId(), follower.brokerEpoch(), bytes),
                shard.interest,
                shard.behind ? readers : loop,
                answer -> loop.execute(() -> onAnswer(shard, look, bytes, answer)));
    }

    private void acknowledge(ServedShard shard) {
        shard.ackPending = false;
        if (!shards.acknowledge(shard.fetch(follower.brokerId(), follower.brokerEpoch(), 0))) {
            loop.schedule(() -> acknowledgeAgain(shard), BUSY_RETRY_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void acknowledgeAgain(ServedShard shard) {
        if (!ended) {
            shard.ackPending = true;
            enqueue(shard);
            look();
        }
    }

    private void onCommit(ServedShard shard) {
        if (!ended && !shard.forgotten && !shard.commitPending) {
            shard.commitPending = true;
            commits.add(shard);
            if (commits.size() == 1) {
                loop.schedule(this::onCommitsDue, COMMIT_NOTICE_DELAY_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void onAnswer(ServedShard shard, int look, int bytes, ReplicaAnswer answer) {
        if (ended || shard.forgotten || shard.look != look || !shard.looking) {
            answer.entries().release();
            return;
        }
        shard.looking = false;
        shard.startLsn = answer.startLsn();
        if (answer.matches()) {
            shard.sentTo(answer.entries().endLsn());
            shard.commitLsn = answer.commitLsn();
            shard.toldCommitLsn = answer.commitLsn();
            shard.behind = answer.entries().sizeInBytes() > bytes / 2;
            enqueue(shard);
        } else {
            shard.stopped = true;
        }
        add(shard, answer);
        look();
        scheduleRespond();
    }

    private void add(ServedShard shard, ReplicaAnswer answer) {
        pendingBytes += answer.entries().sizeInBytes();
        pending.add(new ShardNews(
                shard.shardId,
                shard.attempt,
                answer.error(),
                answer.leaderId(),
                answer.leaderEpoch(),
                answer.commitLsn(),
                answer.startLsn(),
                answer.divergence(),
                answer.entries().firstLsn(),
                answer.entries().endLsn(),
                answer.entries().entries()));
    }

    private void onCommitsDue() {
        if (!commits.isEmpty()) {
            commitsDue = true;
            respond();
        }
    }

    // ---- answering

    /** Answers once all that is done on this loop by now is done, so that shards with news at one time share an answer. */
    private void scheduleRespond() {
        if (!respondScheduled && !pending.isEmpty()) {
            respondScheduled = true;
            loop.execute(() -> {
                respondScheduled = false;
                if (unacknowledged && pendingBytes < WORTH_AN_ANSWER_BYTES) {
                    hold();
                } else {
                    respond();
                }
            });
        }
    }

    private void hold() {
        if (!holds) {
            holds = true;
            loop.schedule(
                    () -> {
                        holds = false;
                        if (!pending.isEmpty()) {
                            respond();
                        }
                    },
                    LONGEST_HOLD_MS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void respond() {
        while (!parked.isEmpty() && (!pending.isEmpty() || commitsDue)) {
            answer(parked.poll());
        }
        look();
        armTimer();
    }

    private void answer(Parked request) {
        List<ShardNews> news = new ArrayList<>(Math.min(pending.size() + commits.size(), 64));
        long bytes = 0;
        while (!pending.isEmpty()) {
            int size = pending.peek().entries().sizeInBytes();
            if (bytes > 0 && bytes + size > request.maxBytes()) {
                break;
            }
            bytes += size;
            news.add(pending.poll());
        }
        pendingBytes -= bytes;
        unacknowledged |= bytes > 0;
        for (ServedShard shard : commits) {
            shard.commitPending = false;
            shard.takeCommit();
            if (shard.commitLsn > shard.toldCommitLsn && !shard.forgotten && !shard.stopped) {
                shard.toldCommitLsn = shard.commitLsn;
                news.add(commitOnly(shard));
            }
        }
        commits.clear();
        commitsDue = false;
        LOG.trace("event=replica_fetch_answered follower={} shards={} bytes={}", follower, news.size(), bytes);
        request.context().reply(ReplicaFetchResponse.of(metadataVersion.getAsLong(), news));
    }

    private ShardNews commitOnly(ServedShard shard) {
        return new ShardNews(
                shard.shardId,
                shard.attempt,
                Errors.NONE,
                follower.leaderId(),
                shard.leaderEpoch,
                shard.commitLsn,
                shard.startLsn,
                Optional.empty(),
                shard.nextLsn,
                shard.nextLsn,
                FetchedRecords.EMPTY);
    }

    private void armTimer() {
        if ((timer == null || timer.isDone()) && !parked.isEmpty() && !ended) {
            long waitNs = parked.peek().deadlineNs() - System.nanoTime();
            timer = loop.schedule(this::onTimer, Math.max(waitNs, 0), TimeUnit.NANOSECONDS);
        }
    }

    private void onTimer() {
        timer = null;
        if (!parked.isEmpty() && parked.peek().deadlineNs() - System.nanoTime() <= 0) {
            answer(parked.poll());
        }
        armTimer();
    }
}
