package io.braid.simulation;

import io.braid.broker.shard.CommitListener;
import io.braid.broker.shard.FollowerPosition;
import io.braid.broker.shard.PartitionAppend;
import io.braid.broker.shard.ReplicaAnswer;
import io.braid.broker.shard.ReplicaConfig;
import io.braid.broker.shard.ReplicaFetch;
import io.braid.broker.shard.ShardAssignment;
import io.braid.broker.shard.ShardReplica;
import io.braid.broker.shard.Withdrawal;
import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.log.EntryRun;
import io.braid.log.FlushMode;
import io.braid.protocol.records.FetchedRecords;
import io.braid.simulation.ClientMessages.Fetch;
import io.braid.simulation.ClientMessages.Fetched;
import io.braid.simulation.ClientMessages.Produce;
import io.braid.simulation.ClientMessages.Produced;
import io.braid.simulation.ClientMessages.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * One shard in a broker's process: the shipped replica core on a {@link SimStore}, and around it what the shipped shell does:
 * acknowledgements that wait for the commit, polls of followers that wait for news, forcing, proposals.
 */
final class SimShard {
    private static final long LAG_MS = 1_500;
    private static final long POLL_MS = 700;
    private static final int MAX_ENTRIES = 24;
    private static final int MAX_BATCHES = 16;

    /** What a leader says to a follower: the shipped answer, and the entries, which the simulation carries beside it. */
    record Answer(ReplicaAnswer answer, List<LogEntry> entries) {}

    private record Waiting(PartitionAppend append, Consumer<Produced> answer) {}

    private record Poll(ReplicaFetch fetch, Consumer<Answer> answer) {}

    private final Cluster cluster;
    private final SimBroker broker;
    private final int shardId;
    private final SimStore store;
    private final ShardReplica replica;
    private final Withdrawal withdrawal;
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Poll> polls = new ArrayList<>();
    /** The commit LSN that each follower was told last. */
    private final Map<Integer, Long> told = new HashMap<>();

    private long seenCommit;
    private ShardAssignment newest;
    private int leadingEpoch = -1;
    private boolean forcing;
    private boolean closed;

    SimShard(Cluster cluster, SimBroker broker, int shardId, ShardDisk disk) {
        this.cluster = cluster;
        this.broker = broker;
        this.shardId = shardId;
        this.store = new SimStore(disk, cluster.bugs, cluster.tally);
        this.replica = new ShardReplica(
                shardId, new ReplicaConfig(broker.id(), cluster.settings.flush(), LAG_MS), store, CommitListener.NONE);
        this.withdrawal =
                new Withdrawal(broker.id(), disk.damaged() && !cluster.bugs.is(Bug.LEAD_WITHOUT_LOST_ENTRIES));
        this.seenCommit = replica.commitLsn();
    }

    int shardId() {
        return shardId;
    }

    SimStore store() {
        return store;
    }

    /** What the replica was told last; null before. */
    ShardAssignment assignment() {
        return newest;
    }

    /** Tells the replica something that no image says. */
    void pretend(ShardAssignment assignment) {
        storage(() -> replica.assign(assignment, broker.clock.nowMs()));
    }

    ShardReplica replica() {
        return replica;
    }

    // ---- role

    void assign(ClusterImage image, ShardImage shard) {
        assign(ShardAssignment.of(image, shard));
        if (replica.leads() && replica.leaderEpoch() != leadingEpoch) {
            leadingEpoch = replica.leaderEpoch();
            cluster.trace.log("shard %d: broker %d leads epoch=%d", shardId, broker.id(), leadingEpoch);
            cluster.tally.count("epochs begun");
            cluster.oracle.shard(shardId).onLeading(broker, leadingEpoch);
        } else if (!replica.leads()) {
            leadingEpoch = -1;
            failWaiting();
        }
        afterChange();
        answerPolls(true);
    }

    private void assign(ShardAssignment assignment) {
        newest = assignment;
        withdrawal.onImage(assignment);
        if (!assignment.inSync().contains(broker.id())) {
            store.disk().onLeftInSync();
        }
        if (assignment.leader() == broker.id() && withdrawal.refusesToLead()) {
            cluster.tally.count("leaderships refused");
            replica.resign();
            return;
        }
        storage(() -> replica.assign(assignment, broker.clock.nowMs()));
    }

    private void failWaiting() {
        List<Waiting> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(each -> each.answer().accept(new Produced(Errors.NOT_LEADER_OR_FOLLOWER, -1, route())));
    }

    /** Its log is about to be replaced. */
    void close() {
        replica.resign();
        failWaiting();
        closed = true;
    }

    Route route() {
        return broker.route(shardId);
    }

    // ---- clients

    void produce(Produce request, Consumer<Produced> answer) {
        Optional<Errors> misled = misled(request.leaderEpoch());
        if (misled.isPresent()) {
            answer.accept(new Produced(misled.get(), -1, route()));
            return;
        }
        PartitionAppend append = new PartitionAppend(
                cluster.topicId(),
                request.partition(),
                Batches.copy(request.batch()),
                request.acksAll() ? cluster.settings.minInSync() : 0,
                -1);
        long now = broker.clock.nowMs();
        replica.stage(append);
        if (replica.hasStaged()) {
            storage(() -> replica.appendStaged(now));
            replica.forgetStaged();
        }
        if (append.error() != Errors.NONE) {
            answer.accept(new Produced(append.error(), -1, route()));
        } else if (request.acksAll()) {
            waiting.add(new Waiting(append, answer));
        } else {
            answer.accept(new Produced(Errors.NONE, append.baseOffset(), Route.UNKNOWN));
        }
        afterChange();
    }

    void fetch(Fetch request, Consumer<Fetched> answer) {
        Optional<Errors> misled = misled(request.leaderEpoch());
        if (misled.isPresent()) {
            answer.accept(Fetched.failed(misled.get(), route()));
            return;
        }
        int row = replica.find(cluster.topicId(), request.partition());
        if (row < 0) {
            Errors error = request.offset() == 0
                    ? Errors.NONE
                    : replica.settled() ? Errors.OFFSET_OUT_OF_RANGE : Errors.OFFSET_NOT_AVAILABLE;
            answer.accept(new Fetched(error, 0, 0, List.of(), Route.UNKNOWN));
            return;
        }
        long logStart = replica.logStartOffset(row);
        long highWatermark = replica.highWatermark(row);
        ShardOracle oracle = cluster.oracle.shard(shardId);
        if (request.offset() < logStart && !replica.settled()) {
            answer.accept(Fetched.failed(Errors.OFFSET_NOT_AVAILABLE, Route.UNKNOWN));
            return;
        }
        if (replica.settled()) {
            oracle.onLogStart(broker, request.partition(), logStart);
        }
        if (request.offset() < logStart || request.offset() > store.partitions().nextOffset(row)) {
            answer.accept(new Fetched(Errors.OFFSET_OUT_OF_RANGE, logStart, highWatermark, List.of(), Route.UNKNOWN));
            return;
        }
        oracle.onHighWatermark(broker, leadingEpoch, request.partition(), highWatermark);
        answer.accept(new Fetched(
                Errors.NONE,
                logStart,
                highWatermark,
                read(request.partition(), request.offset(), highWatermark),
                Route.UNKNOWN));
    }

    /** Somebody deletes records of a partition. */
    void deleteRecords(int partition) {
        int row = replica.leads() ? replica.find(cluster.topicId(), partition) : -1;
        if (row < 0 || replica.hasStaged() || !replica.settled()) {
            return;
        }
        long target = cluster.chance.between(replica.logStartOffset(row) + 1, replica.highWatermark(row));
        if (target <= replica.highWatermark(row) && target > store.partitions().logStartOffset(row)) {
            cluster.tally.count("log starts moved");
            storage(() -> replica.appendLogStart(cluster.topicId(), partition, target, broker.clock.nowMs()));
            afterChange();
        }
    }

    private List<LogEntry> read(int partition, long offset, long end) {
        List<LogEntry> found = new ArrayList<>();
        List<LogEntry> log = store.entries();
        for (int i = log.size() - 1; i >= 0; i--) {
            LogEntry entry = log.get(i);
            if (entry.isBatch() && entry.partition() == partition) {
                if (entry.lastOffset() < offset) {
                    break;
                }
                if (entry.lastOffset() < end) {
                    found.add(entry);
                }
            }
        }
        Collections.reverse(found);
        return found.size() > MAX_BATCHES ? found.subList(0, MAX_BATCHES) : found;
    }

    private Optional<Errors> misled(int clientEpoch) {
        if (!replica.leads()) {
            return Optional.of(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        if (clientEpoch >= 0 && clientEpoch != replica.leaderEpoch()) {
            return Optional.of(
                    clientEpoch < replica.leaderEpoch() ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH);
        }
        return Optional.empty();
    }

    // ---- a leader and its followers

    void serve(ReplicaFetch request, Consumer<Answer> answer) {
        ReplicaFetch fetch = cluster.bugs.fetch(request, this);
        long now = broker.clock.nowMs();
        replica.onFetch(fetch, now);
        if (newest != null
                && newest.replica(fetch.brokerId())
                        .map(r -> r.brokerEpoch() > fetch.brokerEpoch())
                        .orElse(false)) {
            cluster.tally.count("fetches of dead incarnations");
        }
        cluster.bugs.forge(fetch, this, now);
        afterChange();
        if (!answered(fetch, answer, false)) {
            Poll poll = new Poll(fetch, answer);
            polls.add(poll);
            broker.afterUnless(POLL_MS, () -> !polls.contains(poll), () -> {
                if (polls.remove(poll)) {
                    answered(fetch, answer, true);
                }
            });
        }
    }

    /** Answers what has an answer; an empty one waits for news unless it has waited long enough. */
    private boolean answered(ReplicaFetch fetch, Consumer<Answer> consumer, boolean now) {
        ReplicaAnswer answer = replica.answer(fetch);
        List<LogEntry> entries = List.of();
        if (replica.hasEntriesFor(fetch, answer)) {
            List<LogEntry> log = store.entries();
            int from = (int) fetch.fetchLsn();
            entries = List.copyOf(log.subList(from, Math.min(log.size(), from + MAX_ENTRIES)));
            answer = answer.with(
                    new EntryRun(fetch.fetchLsn(), fetch.fetchLsn() + entries.size(), FetchedRecords.EMPTY));
        }
        boolean news = !answer.matches()
                || !entries.isEmpty()
                || answer.commitLsn() > told.getOrDefault(fetch.brokerId(), -1L);
        if (news || now) {
            told.put(fetch.brokerId(), answer.commitLsn());
            consumer.accept(new Answer(answer, entries));
            return true;
        }
        return false;
    }

    private void answerPolls(boolean all) {
        if (!polls.isEmpty()) {
            List<Poll> now = new ArrayList<>(polls);
            polls.clear();
            for (Poll poll : now) {
                if (!answered(poll.fetch(), poll.answer(), all)) {
                    polls.add(poll);
                }
            }
        }
    }

    // ---- a follower and its leader

    FollowerPosition position() {
        return replica.position();
    }

    void apply(Answer answer) {
        if (closed) {
            return;
        }
        store.arriving(answer.entries());
        storage(() -> replica.apply(answer.answer(), broker.clock.nowMs()));
        afterChange();
    }

    // ---- time

    void tick() {
        long now = broker.clock.nowMs();
        replica.tick(now);
        replica.proposal(now).ifPresent(this::propose);
        withdrawal.proposal(now).ifPresent(this::withdraw);
        if (cluster.settings.flush() == FlushMode.REPLICATED && cluster.chance.oneIn(12)) {
            force();
        }
        if (cluster.settings.deletes() && cluster.chance.oneIn(8)) {
            deleteRecords(cluster.chance.below(cluster.settings.partitions()));
        }
        if (store.nextLsn() > 0 && cluster.chance.oneIn(15)) {
            store.checkpoint();
            afterChange();
            if (cluster.settings.rewrites() && cluster.chance.oneIn(4)) {
                store.disk().rewriteBelow(replica.commitLsn());
            }
        }
    }

    private void propose(Command.AlterShard command) {
        cluster.trace.log("shard %d: broker %d proposes %s", shardId, broker.id(), command);
        cluster.tally.count("in-sync sets proposed");
        cluster.bugs.proposed(command, this);
        broker.session().submit(command, result -> {
            if (!closed) {
                replica.onProposalResult(command, result.error(), broker.clock.nowMs());
                afterChange();
            }
        });
    }

    private void withdraw(Command.AlterShard command) {
        cluster.trace.log("shard %d: broker %d leaves the in-sync set: %s", shardId, broker.id(), command);
        broker.session().submit(command, result -> withdrawal.onResult(broker.clock.nowMs()));
    }

    /** Something was appended, fetched, forced, or decided. */
    void afterChange() {
        replica.advanceCommit();
        long commit = replica.commitLsn();
        if (commit != seenCommit) {
            cluster.oracle.shard(shardId).onCommit(broker, replica.leads(), store.entries(), seenCommit, commit);
            seenCommit = commit;
        }
        while (!waiting.isEmpty() && waiting.get(0).append().ackLsn() <= commit) {
            Waiting done = waiting.remove(0);
            replica.complete(done.append());
            Errors error = done.append().error();
            done.answer()
                    .accept(new Produced(
                            error, error == Errors.NONE ? done.append().baseOffset() : -1, Route.UNKNOWN));
        }
        if (cluster.settings.flush() == FlushMode.GROUP && store.durableLsn() < store.nextLsn()) {
            force();
        }
        answerPolls(false);
    }

    private void force() {
        if (forcing) {
            return;
        }
        forcing = true;
        Runnable done = store.force();
        broker.after(cluster.chance.between(1, 8), () -> {
            forcing = false;
            if (!closed) {
                done.run();
                broker.onForced(this);
                afterChange();
            }
        });
    }

    private interface Storage {
        void run() throws IOException;
    }

    private static void storage(Storage action) {
        try {
            action.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
