package io.braid.broker.replication;

import io.braid.broker.shard.FollowerPosition;
import io.braid.broker.shard.ReplicaAnswer;
import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ReplicaInterest;
import io.braid.log.EntryRun;
import io.braid.log.table.EpochEndLsn;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * Shards in memory, leading or following, on a thread of their own. An entry is eight bytes: its epoch and a number.
 */
final class FakeShards implements LeaderShards, FollowerShards, AutoCloseable {
    static final int ENTRY_BYTES = 8;

    record Entry(int epoch, int number) {}

    /** One shard. */
    static final class Shard {
        final List<Entry> entries = new ArrayList<>();
        final Map<Integer, Long> acks = new HashMap<>();
        final Map<ReplicaInterest, Runnable> waiting = new LinkedHashMap<>();
        int leaderId = -1;
        int epoch;
        long commitLsn;
        Errors refusal = Errors.NONE;
    }

    private final int brokerId;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Map<Integer, Shard> shards = new HashMap<>();
    private final Set<Integer> stuck = new HashSet<>();

    FakeShards(int brokerId) {
        this.brokerId = brokerId;
    }

    synchronized Shard shard(int id) {
        return shards.computeIfAbsent(id, i -> new Shard());
    }

    synchronized void lead(int id, int epoch) {
        shard(id).leaderId = brokerId;
        shard(id).epoch = epoch;
    }

    synchronized void follow(int id, int leader, int epoch) {
        shard(id).leaderId = leader;
        shard(id).epoch = epoch;
    }

    /** Its appends never end. */
    synchronized void stick(int id) {
        stuck.add(id);
    }

    synchronized void append(int id, int epoch, int number) {
        shard(id).entries.add(new Entry(epoch, number));
        signal(id);
    }

    synchronized void commit(int id, long lsn) {
        shard(id).commitLsn = lsn;
        signal(id);
    }

    synchronized List<Entry> entries(int id) {
        return List.copyOf(shard(id).entries);
    }

    synchronized long acked(int id, int follower) {
        return shard(id).acks.getOrDefault(follower, -1L);
    }

    synchronized long commitLsn(int id) {
        return shard(id).commitLsn;
    }

    synchronized void refuse(int id, Errors error) {
        shard(id).refusal = error;
        signal(id);
    }

    private void signal(int id) {
        Collection<Runnable> again = List.copyOf(shard(id).waiting.values());
        shard(id).waiting.clear();
        again.forEach(thread::execute);
    }

    // ---- leading

    @Override
    public void serve(ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer) {
        thread.execute(() -> answerOrWait(fetch, interest, reads, answer));
    }

    private synchronized void answerOrWait(
            ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer) {
        ReplicaAnswer found = answer(fetch);
        if (found.matches() && found.entries().isEmpty()) {
            shard(fetch.shardId()).waiting.put(interest, () -> answerOrWait(fetch, interest, reads, answer));
            interest.onCommit(fetch.shardId(), found.leaderEpoch(), found.commitLsn());
        } else {
            reads.execute(() -> answer.accept(found));
        }
    }

    @Override
    public boolean acknowledge(ReplicaFetch fetch) {
        thread.execute(() -> answer(fetch).entries().release());
        return true;
    }

    @Override
    public synchronized void forget(int shardId, ReplicaInterest interest) {
        shard(shardId).waiting.remove(interest);
    }

    private synchronized ReplicaAnswer answer(ReplicaFetch fetch) {
        Shard shard = shard(fetch.shardId());
        Errors error = shard.leaderId != brokerId || shard.epoch != fetch.leaderEpoch()
                ? Errors.NOT_LEADER_OR_FOLLOWER
                : shard.refusal;
        Optional<EpochEndLsn> divergence = error == Errors.NONE ? divergence(shard, fetch) : Optional.empty();
        EntryRun run = EntryRun.empty(fetch.fetchLsn());
        if (error == Errors.NONE && divergence.isEmpty()) {
            shard.acks.merge(fetch.brokerId(), fetch.ackLsn(), Math::max);
            run = run(shard, fetch);
        }
        return new ReplicaAnswer(
                fetch.shardId(),
                error,
                shard.leaderId,
                shard.epoch,
                shard.commitLsn,
                0,
                shard.entries.size(),
                divergence,
                run);
    }

    private static Optional<EpochEndLsn> divergence(Shard shard, ReplicaFetch fetch) {
        if (fetch.lastEpoch() == ReplicaFetch.CONTINUES || fetch.lastEpoch() < 0) {
            return Optional.empty();
        }
        int floor = -1;
        long end = 0;
        for (int i = 0; i < shard.entries.size() && shard.entries.get(i).epoch() <= fetch.lastEpoch(); i++) {
            floor = shard.entries.get(i).epoch();
            end = i + 1L;
        }
        return floor == fetch.lastEpoch() && fetch.fetchLsn() <= end
                ? Optional.empty()
                : Optional.of(new EpochEndLsn(floor, end));
    }

    private static EntryRun run(Shard shard, ReplicaFetch fetch) {
        int from = (int) fetch.fetchLsn();
        int to = Math.min(shard.entries.size(), from + fetch.maxBytes() / ENTRY_BYTES);
        if (to <= from) {
            return EntryRun.empty(from);
        }
        ByteBuf bytes = Unpooled.buffer();
        shard.entries.subList(from, to).forEach(e -> bytes.writeInt(e.epoch()).writeInt(e.number()));
        return new EntryRun(from, to, FetchedRecords.of(List.of(new FetchedRecords.Bytes(bytes))));
    }

    // ---- following

    @Override
    public void position(int shardId, Consumer<FollowerPosition> position) {
        thread.execute(() -> position.accept(position(shardId)));
    }

    @Override
    public void apply(ReplicaAnswer answer, Consumer<FollowerPosition> position) {
        thread.execute(() -> {
            if (take(answer)) {
                position.accept(position(answer.shardId()));
            }
        });
    }

    private synchronized boolean take(ReplicaAnswer answer) {
        Shard shard = shard(answer.shardId());
        if (stuck.contains(answer.shardId())) {
            return false;
        }
        if (answer.divergence().isPresent()) {
            long end = answer.divergence().get().endLsn();
            while (shard.entries.size() > end
                    || (!shard.entries.isEmpty()
                            && last(shard).epoch() > answer.divergence().get().leaderEpoch())) {
                shard.entries.remove(shard.entries.size() - 1);
            }
        } else if (answer.entries().firstLsn() == shard.entries.size()) {
            for (FetchedRecords.Part part : answer.entries().entries().parts()) {
                ByteBuf bytes = ((FetchedRecords.Bytes) part).buffer().duplicate();
                while (bytes.isReadable()) {
                    shard.entries.add(new Entry(bytes.readInt(), bytes.readInt()));
                }
            }
        }
        shard.commitLsn = Math.max(shard.commitLsn, Math.min(answer.commitLsn(), shard.entries.size()));
        answer.entries().release();
        return true;
    }

    private synchronized FollowerPosition position(int shardId) {
        Shard shard = shard(shardId);
        long end = shard.entries.size();
        return new FollowerPosition(
                shardId,
                Errors.NONE,
                shard.leaderId,
                shard.epoch,
                end,
                end == 0 ? -1 : last(shard).epoch(),
                end);
    }

    private static Entry last(Shard shard) {
        return shard.entries.get(shard.entries.size() - 1);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
