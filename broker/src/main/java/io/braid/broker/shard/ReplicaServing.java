package io.braid.broker.shard;

import io.braid.log.EntryReader;
import io.braid.log.EntryRun;
import io.braid.log.EntryView;
import io.braid.log.LsnGoneException;
import io.braid.log.SegmentGoneException;
import io.braid.log.SharedLog;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The followers of a shard: their fetches are noted when they come and looked at together at the end of the shard thread's poll,
 * when what the poll has appended and committed is there. One that finds nothing waits, and is answered by the append that
 * brings entries: no message goes to and fro between a follower's session and the shard for it. Owned by the shard thread;
 * entries are read on other threads.
 */
final class ReplicaServing {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaServing.class);

    /** Times a read is tried whose segment was deleted, or whose log was cut, since its view was taken. */
    private static final int READS = 3;

    private final int shardId;
    private final SharedLog log;
    private final ShardReplica replica;
    private final ShardThread thread;
    private final List<Served> fetches = new ArrayList<>();
    /** Those that wait for entries; one for each interest. */
    private final Map<ReplicaInterest, Served> waiting = new LinkedHashMap<>();
    /** By broker id: each remembers its place in the log. */
    private final Map<Integer, EntryReader> readers = new HashMap<>();

    private long toldNextLsn = -1;
    private long toldCommitLsn = -1;

    private record Served(
            ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer) {}

    ReplicaServing(int shardId, SharedLog log, ShardReplica replica, ShardThread thread) {
        this.shardId = shardId;
        this.log = log;
        this.replica = replica;
        this.thread = thread;
    }

    void add(ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer, long nowMs) {
        replica.onFetch(fetch, nowMs);
        if (interest != null) {
            forget(interest); // an earlier fetch gives way, also to an append of this poll
        }
        fetches.add(new Served(fetch, interest, reads, answer));
    }

    /** Notes what a follower has; there is no answer. */
    void acknowledge(ReplicaFetch fetch, long nowMs) {
        replica.onFetch(fetch, nowMs);
    }

    /** Whoever waits with this interest does so no more, and gets no answer. */
    void forget(ReplicaInterest interest) {
        waiting.remove(interest);
        fetches.removeIf(served -> served.interest() == interest);
    }

    /** The end of a poll: answers who waited if there is news, and looks at what came. */
    void finish() {
        long commitLsn = replica.commitLsn();
        if (toldNextLsn != replica.nextLsn()) {
            answerWaiting();
        } else if (toldCommitLsn != commitLsn) {
            waiting.keySet().forEach(interest -> interest.onCommit(shardId, replica.leaderEpoch(), commitLsn));
        }
        toldNextLsn = replica.nextLsn();
        toldCommitLsn = commitLsn;
        for (int i = 0; i < fetches.size(); i++) {
            answerOrWait(fetches.get(i));
        }
        fetches.clear();
    }

    /** Looks again at all that wait, whatever happened: another leader, more entries, a log that was cut. */
    void answerWaiting() {
        if (!waiting.isEmpty()) {
            List<Served> all = List.copyOf(waiting.values());
            waiting.clear();
            all.forEach(this::answerOrWait);
        }
    }

    /** The log is of no use: nothing is read from it any more. */
    void fail(Errors error) {
        List<Served> all = new ArrayList<>(waiting.values());
        all.addAll(fetches);
        waiting.clear();
        fetches.clear();
        all.forEach(
                served -> served.answer().accept(replica.answer(served.fetch()).failed(error)));
    }

    private void answerOrWait(Served served) {
        ReplicaAnswer answer = replica.answer(served.fetch());
        if (replica.hasEntriesFor(served.fetch(), answer)) {
            EntryReader reader = readers.computeIfAbsent(served.fetch().brokerId(), id -> new EntryReader());
            EntryView view = log.entries();
            served.reads().execute(() -> read(served, answer, reader, view, 1));
        } else if (answer.matches() && served.interest() != null) {
            waiting.put(served.interest(), served);
            served.interest().onCommit(shardId, answer.leaderEpoch(), answer.commitLsn());
        } else {
            served.answer().accept(answer);
        }
    }

    private void read(Served served, ReplicaAnswer answer, EntryReader reader, EntryView view, int attempt) {
        ReplicaAnswer whole;
        try {
            EntryRun run;
            synchronized (reader) { // two reads for one follower would share its place
                run = reader.read(
                        view, served.fetch().fetchLsn(), served.fetch().maxBytes(), ByteBufAllocator.DEFAULT);
            }
            whole = answer.with(run);
        } catch (LsnGoneException e) {
            whole = answer.failed(Errors.OFFSET_OUT_OF_RANGE);
        } catch (SegmentGoneException e) {
            if (attempt < READS && readAgain(served, answer, reader, attempt)) {
                return;
            }
            whole = answer.failed(Errors.NOT_LEADER_OR_FOLLOWER);
        } catch (IOException | RuntimeException e) {
            LOG.error(
                    "event=replica_read_failed shard={} lsn={}",
                    shardId,
                    served.fetch().fetchLsn(),
                    e);
            whole = answer.failed(Errors.KAFKA_STORAGE_ERROR);
        }
        served.answer().accept(whole);
    }

    private boolean readAgain(Served served, ReplicaAnswer answer, EntryReader reader, int attempt) {
        return thread.submit(nowMs -> {
            EntryView view = log.entries();
            served.reads().execute(() -> read(served, answer, reader, view, attempt + 1));
        });
    }
}
