package io.braid.broker.fetch;

import io.braid.broker.handler.LeaderEpochs;
import io.braid.broker.shard.PartitionSnapshot;
import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;

/**
 * One fetch from its arrival to its answer: look at the partitions on their shards' threads, read, and answer or wait.
 *
 * <p>The steps run on the connection's event loop, one at a time; in between, shard threads fill in what they know and a
 * reader thread may read. A round that waits is woken by the session when enough new bytes were signalled, or by its
 * deadline, and then looks again.
 */
final class FetchRound {
    /** Gets the partitions of the answer, with their records, once. */
    interface Answer {
        void answer(List<FetchPartition> partitions);
    }

    private final FetchService service;
    private final FetchSession session;
    private final EventExecutor eventLoop;
    private final FetchTerms terms;
    private final long deadlineNs;
    private final Answer answer;

    private List<FetchPartition> candidates = List.of();
    private boolean interested;
    private boolean abandoned;
    private boolean waitedForImage;
    private boolean looking;
    private boolean overdue;
    private Future<?> timer;
    private boolean waits;

    FetchRound(FetchService service, FetchSession session, EventExecutor eventLoop, FetchTerms terms, Answer answer) {
        this.service = service;
        this.session = session;
        this.eventLoop = eventLoop;
        this.terms = terms;
        this.deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(terms.maxWaitMs());
        this.answer = answer;
        this.interested = terms.keepsInterests();
    }

    void start() {
        look();
    }

    /** The connection is gone: nothing is answered any more. Event loop. */
    void abandon() {
        abandoned = true;
        stopWaiting();
    }

    // ---- looking

    private void look() {
        if (abandoned) {
            return;
        }
        looking = true;
        candidates = terms.answersAll() ? all() : session.takeReady();
        ClusterImage image = service.image();
        Map<Integer, List<FetchPartition>> byShard = new LinkedHashMap<>();
        for (FetchPartition p : candidates) {
            locate(p, image);
            if (p.error() == Errors.NONE) {
                p.prefer(service.selector().select(image, p.shardId(), terms.rack(), terms.listener()));
                byShard.computeIfAbsent(p.shardId(), id -> new ArrayList<>()).add(p);
            }
        }
        if (byShard.isEmpty()) {
            evaluate();
            return;
        }
        if (!waitedForImage && candidates.stream().anyMatch(p -> isAhead(p, image))) {
            awaitImage();
            return;
        }
        AtomicInteger left = new AtomicInteger(byShard.size());
        boolean register = interested;
        byShard.forEach((shard, partitions) -> service.shards()
                .look(
                        shard,
                        (snapshots, removal) -> {
                            for (FetchPartition p : partitions) {
                                p.armSignal();
                                p.found(snapshot(snapshots, p, register));
                            }
                        },
                        () -> {
                            if (left.decrementAndGet() == 0) {
                                eventLoop.execute(this::evaluate);
                            }
                        }));
        if (register) {
            byShard.forEach((shard, partitions) -> partitions.forEach(p -> p.interestShard(shard)));
        }
    }

    /** A consumer that names its rack may be here because the leader sent it (KIP-392). */
    private PartitionSnapshot snapshot(Shards.Snapshots snapshots, FetchPartition p, boolean register) {
        FetchPartition interest = register ? p : null;
        int partition = p.key().partition();
        return terms.rack().isEmpty()
                ? snapshots.of(p.topicId(), partition, p.currentLeaderEpoch(), interest)
                : snapshots.readable(p.topicId(), partition, p.currentLeaderEpoch(), interest);
    }

    /** The client knows of a newer leader than we do: the news is on its way to us too. */
    private void awaitImage() {
        waitedForImage = true;
        List<FetchPartition> ahead = candidates;
        var unused = service.metadata()
                .awaitImage(newer -> ahead.stream().noneMatch(p -> isAhead(p, newer)), LeaderEpochs.MAX_WAIT_MS)
                .thenRun(() -> eventLoop.execute(() -> {
                    ahead.forEach(session::markReady);
                    look();
                }));
    }

    private static boolean isAhead(FetchPartition p, ClusterImage image) {
        return p.error() == Errors.NONE && LeaderEpochs.isAhead(p.currentLeaderEpoch(), image, p.shardId());
    }

    private List<FetchPartition> all() {
        session.takeReady();
        return new ArrayList<>(session.partitions());
    }

    private void locate(FetchPartition p, ClusterImage image) {
        FetchKey key = p.key();
        Optional<TopicImage> topic = key.byId() ? image.topic(key.topicId()) : image.topic(key.topic());
        if (topic.isEmpty()) {
            p.locate(key.topicId(), -1, key.byId() ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
        } else if (!terms.mayRead().test(topic.get().name())) {
            p.locate(topic.get().id(), -1, Errors.TOPIC_AUTHORIZATION_FAILED);
        } else if (key.partition() < 0 || key.partition() >= topic.get().partitionCount()) {
            p.locate(topic.get().id(), -1, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        } else {
            p.locate(topic.get().id(), topic.get().shardOf(key.partition()), Errors.NONE);
        }
    }

    // ---- reading

    private void evaluate() {
        if (abandoned) {
            return;
        }
        for (FetchPartition p : candidates) {
            if (p.error() == Errors.NONE && p.snapshot() == null) {
                p.fail(Errors.NOT_LEADER_OR_FOLLOWER);
            }
        }
        if (FetchReading.allHot(candidates)) {
            conclude(FetchReading.read(candidates, terms.maxBytes(), service.allocator(), service.budget()));
        } else {
            List<FetchPartition> reading = candidates;
            service.readers().execute(() -> {
                long bytes = FetchReading.read(reading, terms.maxBytes(), service.allocator(), service.budget());
                eventLoop.execute(() -> conclude(bytes));
            });
        }
    }

    private void conclude(long bytes) {
        looking = false;
        if (abandoned) {
            releaseRecords();
            return;
        }
        boolean mustAnswer = candidates.stream()
                .anyMatch(p -> p.error() != Errors.NONE || p.preferredReplica() != ReplicaSelector.LEADER);
        if (mustAnswer || bytes >= terms.minBytes() || overdue || System.nanoTime() - deadlineNs >= 0) {
            finish();
        } else {
            releaseRecords();
            candidates.forEach(p -> {
                if (p.hasDataToRead()) {
                    session.markReady(p);
                }
            });
            await(terms.minBytes() - bytes);
        }
    }

    private void finish() {
        stopWaiting();
        if (!terms.keepsInterests() && interested) {
            removeInterests(session.partitions());
        }
        List<FetchPartition> named = new ArrayList<>();
        for (FetchPartition p : candidates) {
            boolean read = p.records().sizeInBytes() > 0;
            if (terms.answersAll() || read || p.hasNews()) {
                named.add(p);
            }
            // What found no room comes first in the next round ...
            if (!read && (p.hasDataToRead() || p.error() != Errors.NONE)) {
                session.markReady(p);
            }
        }
        for (FetchPartition p : candidates) {
            // ... and what was read comes last; the client may even want the same batches again.
            if (p.records().sizeInBytes() > 0) {
                session.markReady(p);
            }
        }
        answer.answer(named);
    }

    // ---- waiting

    private void await(long bytes) {
        if (!interested) {
            interested = true; // look once more, now with the shards' promise to tell of what comes
            candidates.forEach(session::markReady);
            look();
            return;
        }
        if (!waits) {
            waits = true;
            service.waiting().incrementAndGet();
            long leftNs = Math.max(0, deadlineNs - System.nanoTime());
            timer = eventLoop.schedule(this::expire, leftNs, TimeUnit.NANOSECONDS);
        }
        session.await(bytes, this::look);
    }

    /** The wait is over. A look that is under way then answers with what it finds. */
    private void expire() {
        overdue = true;
        if (!abandoned && waits && !looking) {
            session.stopWaiting();
            look();
        }
    }

    private void stopWaiting() {
        session.stopWaiting();
        if (waits) {
            waits = false;
            service.waiting().decrementAndGet();
            timer.cancel(false);
        }
    }

    /** Makes shards forget fetchers; used when a session or a single request ends. */
    void removeInterests(Iterable<FetchPartition> partitions) {
        removeInterests(service, partitions);
    }

    static void removeInterests(FetchService service, Iterable<FetchPartition> partitions) {
        Map<Integer, List<FetchPartition>> byShard = new LinkedHashMap<>();
        for (FetchPartition p : partitions) {
            if (p.interestShard() != FetchPartition.NO_SHARD) {
                byShard.computeIfAbsent(p.interestShard(), id -> new ArrayList<>())
                        .add(p);
                p.interestShard(FetchPartition.NO_SHARD);
            }
        }
        byShard.forEach((shard, gone) -> service.shards()
                .look(
                        shard,
                        (snapshots, removal) -> gone.forEach(
                                p -> removal.remove(p.topicId(), p.key().partition(), p)),
                        () -> {}));
    }

    private void releaseRecords() {
        candidates.forEach(p -> p.takeRecords().release());
    }
}
