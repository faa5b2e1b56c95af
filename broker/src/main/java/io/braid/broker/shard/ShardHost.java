package io.braid.broker.shard;

import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import io.braid.log.CompactionScan;
import io.braid.log.CorruptRunException;
import io.braid.log.FlushMode;
import io.braid.log.LogFlusher;
import io.braid.log.LogFullException;
import io.braid.log.LogStartAdvance;
import io.braid.log.LostEntries;
import io.braid.log.RetentionPolicy;
import io.braid.log.RetentionScan;
import io.braid.log.SharedLog;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One shard on this broker: the replica core with its log, the acknowledgements that wait, the fetchers that listen and the
 * followers that ask.
 *
 * <p>Owned by its shard thread; other threads reach it through {@link Shards}. A fault of its log takes this shard
 * offline and nothing else.
 */
final class ShardHost {
    private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

    /** Staged bytes after which a document is appended although more batches are at hand. */
    private static final int MAX_STAGED_BYTES = 1 << 20;

    /** What a host needs of its surroundings; the same for all hosts of a thread. */
    record Surroundings(
            ReplicaConfig config,
            FlushThread flushThread,
            Executor background,
            InSyncProposer proposer,
            Consumer<FollowerPosition> acked,
            ShardEvents events) {}

    private final int shardId;
    private final SharedLog log;
    private final ShardReplica replica;
    private final ReplicaServing followers;
    private final ShardThread thread;
    private final Surroundings around;
    private final FetchInterests interests = new FetchInterests();
    private final List<AppendTask> stagedTasks = new ArrayList<>();
    private final WaitingAcks waitingForCommit = new WaitingAcks();
    private final WaitingAcks waitingForDisk = new WaitingAcks();
    private final Withdrawal withdrawal;
    private final AtomicInteger backgroundJobs = new AtomicInteger();

    private long appendedBytes;
    private boolean dirty;
    private boolean offline;
    private boolean flushRequested;
    private boolean retaining;

    ShardHost(int shardId, SharedLog log, ShardThread thread, Surroundings around) {
        this.shardId = shardId;
        this.log = log;
        this.thread = thread;
        this.around = around;
        this.replica = new ShardReplica(shardId, around.config(), new SharedLogStore(log), new Readers());
        this.followers = new ReplicaServing(shardId, log, replica, thread);
        this.withdrawal =
                new Withdrawal(around.config().brokerId(), log.lostEntries().isPresent());
    }

    int shardId() {
        return shardId;
    }

    ShardThread thread() {
        return thread;
    }

    SharedLog log() {
        return log;
    }

    LogFlusher flusher() {
        return log.flusher();
    }

    // ---- role

    /** Follows a newer image. */
    void assign(ShardAssignment assignment, long nowMs) {
        withdrawal.onImage(assignment);
        if (offline) {
            return;
        }
        int epochBefore = replica.leaderEpoch();
        boolean led = replica.leads();
        if (assignment.leader() == around.config().brokerId() && withdrawal.refusesToLead()) {
            logRefusal(assignment);
            resign();
            return;
        }
        try {
            replica.assign(assignment, nowMs);
        } catch (IOException | RuntimeException e) {
            goOffline(e);
            return;
        }
        if (led && (!replica.leads() || replica.leaderEpoch() != epochBefore)) {
            failWaiting(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        if (replica.leads() != led || replica.leaderEpoch() != epochBefore) {
            logRole(assignment);
            interests.forEach(FetchInterest::onChange);
            followers.answerWaiting();
        }
        if (around.config().flush() == FlushMode.GROUP && log.nextLsn() > log.flushedLsn()) {
            requestFlush();
        }
        markDirty();
    }

    private void logRole(ShardAssignment assignment) {
        // A shard without entries is nothing that anybody would look for.
        LOG.atLevel(log.nextLsn() > 0 ? Level.INFO : Level.DEBUG)
                .log(
                        "event=shard_role shard={} role={} leader={} epoch={} in_sync={} end={} committed={}",
                        shardId,
                        replica.leads() ? "leader" : replica.isFollower() ? "follower" : "none",
                        assignment.leader(),
                        assignment.leaderEpoch(),
                        assignment.inSync(),
                        replica.nextLsn(),
                        replica.commitLsn());
    }

    private void logRefusal(ShardAssignment assignment) {
        LostEntries lost = log.lostEntries().orElseThrow();
        LOG.error(
                "event=leadership_refused shard={} epoch={} lost_from={} lost_to={} reason=\"{}\"",
                shardId,
                assignment.leaderEpoch(),
                lost.fromLsn(),
                lost.toLsn(),
                lost.reason());
    }

    void resign() {
        replica.resign();
        failWaiting(Errors.NOT_LEADER_OR_FOLLOWER);
        interests.forEach(FetchInterest::onChange);
        followers.answerWaiting();
    }

    /** -1 when this broker does not lead the shard or its log is out of order. */
    int leaderEpoch() {
        return !offline && replica.leads() ? replica.leaderEpoch() : -1;
    }

    ShardStatus status() {
        return new ShardStatus(
                shardId, leaderEpoch() >= 0, log.sizeBytes(), replica.nextLsn(), replica.commitLsn(), appendedBytes);
    }

    // ---- produce

    void stage(AppendTask task, long nowMs) {
        for (PartitionAppend append : task.appends()) {
            if (offline) {
                append.fail(Errors.KAFKA_STORAGE_ERROR, "the log of shard " + shardId + " is offline");
                continue;
            }
            if (replica.hasStaged() && (replica.stagedBytes() > MAX_STAGED_BYTES || replica.mustAppendBefore(append))) {
                appendDocument(nowMs);
            }
            if (append.error() == Errors.NONE) {
                replica.stage(append);
            }
        }
        stagedTasks.add(task);
        markDirty();
    }

    /** The end of a poll: appends what is staged, commits, and answers who waited for it. */
    void finish(long nowMs) {
        dirty = false;
        appendStaged(nowMs);
        if (!offline) {
            commit();
            followers.finish();
        }
        maintain(nowMs);
    }

    private void appendStaged(long nowMs) {
        if (replica.hasStaged()) {
            appendDocument(nowMs);
        }
        if (offline) {
            failStagedTasks(Errors.KAFKA_STORAGE_ERROR);
        }
        for (int i = 0; i < stagedTasks.size(); i++) {
            answerOrPark(stagedTasks.get(i));
        }
        stagedTasks.clear();
    }

    private void failStagedTasks(Errors error) {
        List<AppendTask> all = List.copyOf(stagedTasks);
        stagedTasks.clear();
        all.forEach(task -> new TaskAck(task).failed(error));
    }

    private void answerOrPark(AppendTask task) {
        long lsn = task.ackLsn();
        if (task.waitForCommit() && lsn > replica.commitLsn()) {
            waitingForCommit.add(lsn, task.deadlineMs(), new TaskAck(task));
        } else if (lsn > replica.ownLsn()) {
            waitingForDisk.add(lsn, task.deadlineMs(), new TaskAck(task));
        } else {
            task.onDone().run();
        }
    }

    private void appendDocument(long nowMs) {
        List<PartitionAppend> batches = replica.stagedAppends();
        long bytes = replica.stagedBytes();
        int count = batches.size();
        try {
            replica.appendStaged(nowMs);
        } catch (LogFullException e) {
            LOG.warn("event=append_refused shard={} reason=\"{}\"", shardId, e.getMessage());
            return;
        } catch (IOException | RuntimeException e) {
            goOffline(e);
            return;
        }
        if (replica.commitLsn() == log.nextLsn()) {
            for (int i = 0; i < count; i++) {
                PartitionAppend a = batches.get(i);
                interests.data(a.topicId(), a.partition(), a.row(), a.batch().remaining());
            }
        }
        replica.forgetStaged();
        appendedBytes += bytes;
        around.events().appended(count, bytes);
        if (around.config().flush() == FlushMode.GROUP) {
            requestFlush();
        }
    }

    private void commit() {
        replica.advanceCommit();
        waitingForCommit.reached(replica.commitLsn());
        waitingForDisk.reached(replica.ownLsn());
    }

    /** A request's batches. */
    private final class TaskAck implements WaitingAcks.Ack {
        private final AppendTask task;

        TaskAck(AppendTask task) {
            this.task = task;
        }

        @Override
        public void reached() {
            if (task.waitForCommit()) {
                task.appends().forEach(replica::complete);
            }
            task.onDone().run();
        }

        @Override
        public void failed(Errors error) {
            task.appends().forEach(a -> a.fail(error, null));
            task.onDone().run();
        }
    }

    // ---- log start and deletion

    /** Moves a partition's log start; {@code onDone} hears NONE once it has taken effect. */
    void moveLogStart(Uuid topicId, int partition, long newLogStart, long nowMs, LogStartDone onDone) {
        appendStagedFirst(nowMs);
        int row = replica.find(topicId, partition);
        long target = newLogStart < 0 && row >= 0 ? replica.highWatermark(row) : newLogStart;
        if (leaderEpoch() < 0) {
            onDone.done(Errors.NOT_LEADER_OR_FOLLOWER, -1);
        } else if (row < 0) {
            onDone.done(target <= 0 ? Errors.NONE : Errors.OFFSET_OUT_OF_RANGE, target <= 0 ? 0 : -1);
        } else if (!replica.settled()) {
            onDone.done(Errors.OFFSET_NOT_AVAILABLE, -1);
        } else if (target > replica.highWatermark(row)) {
            onDone.done(Errors.OFFSET_OUT_OF_RANGE, -1);
        } else if (target <= replica.logStartOffset(row)) {
            onDone.done(Errors.NONE, replica.logStartOffset(row));
        } else {
            try {
                replica.appendLogStart(topicId, partition, target, nowMs);
                afterControlEntry(new LogStartAck(target, onDone));
            } catch (LogFullException e) {
                onDone.done(Errors.KAFKA_STORAGE_ERROR, -1);
            } catch (IOException | RuntimeException e) {
                goOffline(e);
                onDone.done(Errors.KAFKA_STORAGE_ERROR, -1);
            }
        }
    }

    private record LogStartAck(long logStart, LogStartDone onDone) implements WaitingAcks.Ack {
        @Override
        public void reached() {
            onDone.done(Errors.NONE, logStart);
        }

        @Override
        public void failed(Errors error) {
            onDone.done(error, -1);
        }
    }

    /** Ends a deleted topic's data in this shard, if it has any and this broker leads. */
    void deleteTopic(Uuid topicId, long nowMs) {
        appendStagedFirst(nowMs);
        if (leaderEpoch() < 0 || replica.isDying(topicId) || !hasData(topicId)) {
            return;
        }
        try {
            replica.appendTopicDeleted(topicId, nowMs);
            afterControlEntry(null);
        } catch (LogFullException e) {
            LOG.warn("event=topic_deletion_deferred shard={} topic={} reason=\"{}\"", shardId, topicId, e.getMessage());
        } catch (IOException | RuntimeException e) {
            goOffline(e);
        }
    }

    /** Ends the data of every topic that has some here and is not in the image; the image must know of our leadership. */
    void deleteTopicsMissingIn(ClusterImage image, long nowMs) {
        if (leaderEpoch() >= 0) {
            for (Uuid topic : topics()) {
                if (image.topic(topic).isEmpty()) {
                    deleteTopic(topic, nowMs);
                }
            }
        }
    }

    /** Looks for data past its retention in the background, then moves the log starts found. */
    void retain(RetentionPolicy policy, long nowMs) {
        if (retaining || offline) {
            return;
        }
        RetentionScan scan = log.retentionScan();
        if (leaderEpoch() < 0) {
            around.background().execute(() -> scan.capRoll(policy));
            return;
        }
        retaining = true;
        around.background().execute(() -> {
            List<LogStartAdvance> found;
            try {
                found = scan.run(policy, nowMs);
            } catch (ClosedChannelException e) {
                found = List.of(); // the log was closed meanwhile
            } catch (IOException | RuntimeException e) {
                LOG.warn("event=retention_scan_failed shard={}", shardId, e);
                found = List.of();
            }
            List<LogStartAdvance> advances = found;
            thread.submit(later -> {
                retaining = false;
                for (LogStartAdvance a : advances) {
                    Uuid id = new Uuid(a.topicIdMsb(), a.topicIdLsb());
                    moveLogStart(id, a.partition(), a.newLogStart(), later, (error, logStart) -> {});
                }
            });
        });
    }

    /** A look for what is to be compacted; a follower's log is compacted as a leader's is. */
    Optional<CompactionScan> compactionScan() {
        return offline ? Optional.empty() : log.compactionScan();
    }

    private List<Uuid> topics() {
        java.util.Set<Uuid> ids = new java.util.LinkedHashSet<>();
        log.partitions().forEach(row -> ids.add(idOf(row)));
        return List.copyOf(ids);
    }

    // ---- reads

    /**
     * The state of one partition for a reader; with {@code interest} the fetcher stays registered for news of it.
     *
     * @param fromFollower whether a follower may answer, with what it knows to be committed (KIP-392)
     */
    PartitionSnapshot snapshot(
            Uuid topicId, int partition, int clientLeaderEpoch, boolean fromFollower, FetchInterest interest) {
        boolean leads = leaderEpoch() >= 0;
        int epoch = offline ? -1 : replica.leaderEpoch();
        if (offline || !(leads || (fromFollower && replica.isFollower()))) {
            return PartitionSnapshot.failed(Errors.NOT_LEADER_OR_FOLLOWER, -1);
        }
        if (clientLeaderEpoch >= 0 && clientLeaderEpoch < epoch) {
            return PartitionSnapshot.failed(Errors.FENCED_LEADER_EPOCH, epoch);
        }
        if (clientLeaderEpoch > epoch) {
            return PartitionSnapshot.failed(Errors.UNKNOWN_LEADER_EPOCH, epoch);
        }
        int row = replica.find(topicId, partition);
        if (interest != null) {
            interests.add(topicId, partition, row, interest);
        }
        boolean settled = replica.settled();
        if (row < 0) {
            return PartitionSnapshot.empty(epoch, settled, leads);
        }
        return new PartitionSnapshot(
                Errors.NONE,
                epoch,
                replica.logStartOffset(row),
                replica.highWatermark(row),
                settled,
                leads,
                Optional.of(log.view(row)));
    }

    void removeInterest(Uuid topicId, int partition, FetchInterest interest) {
        interests.remove(topicId, partition, replica.find(topicId, partition), interest);
    }

    /** The core's news of partitions, for the fetchers that listen. */
    private final class Readers implements CommitListener {
        @Override
        public void onAdvance(int partitionRow, int bytes) {
            if (!interests.has(partitionRow)) {
                return;
            }
            interests.data(idOf(partitionRow), log.partitions().partition(partitionRow), partitionRow, bytes);
        }

        @Override
        public void onHighWatermarksKnown() {
            interests.forEach(FetchInterest::onChange);
        }

        @Override
        public void onRowRemoved(int partitionRow) {
            interests.rowRemoved(partitionRow);
        }
    }

    // ---- replication

    /** Answers a follower at the end of this poll, or later if it waits for entries. */
    void serveReplica(
            ReplicaFetch fetch, ReplicaInterest interest, Executor reads, Consumer<ReplicaAnswer> answer, long nowMs) {
        if (offline) {
            answer.accept(replica.answer(fetch).failed(Errors.KAFKA_STORAGE_ERROR));
            return;
        }
        followers.add(fetch, interest, reads, answer, nowMs);
        markDirty();
    }

    /** Takes note of what a follower has. */
    void acknowledge(ReplicaFetch fetch, long nowMs) {
        if (!offline) {
            followers.acknowledge(fetch, nowMs);
            markDirty();
        }
    }

    void forget(ReplicaInterest interest) {
        followers.forget(interest);
    }

    FollowerPosition position() {
        if (offline) {
            return FollowerPosition.failed(shardId, Errors.KAFKA_STORAGE_ERROR);
        }
        FollowerPosition position = replica.position();
        // A hole that is not at the end is not filled by what comes behind it.
        boolean hole = log.lostEntries()
                .filter(lost -> lost.toLsn() > lost.fromLsn() && lost.fromLsn() < replica.nextLsn())
                .isPresent();
        return hole && position.error() == Errors.NONE ? position.failed(Errors.OFFSET_OUT_OF_RANGE) : position;
    }

    /** Takes a leader's answer; the position it returns is where to go on, also when the answer did not fit. */
    FollowerPosition applyAnswer(ReplicaAnswer answer, long nowMs) {
        if (offline) {
            answer.entries().release();
            return position();
        }
        boolean fitted = replica.position().error() == Errors.NONE;
        try {
            if (replica.apply(answer, nowMs)) {
                LOG.info("event=truncated shard={} to={} epoch={}", shardId, replica.nextLsn(), answer.leaderEpoch());
                interests.forEach(FetchInterest::onChange);
                interests.clear();
            }
        } catch (CorruptRunException | LogFullException e) {
            LOG.warn("event=replica_append_refused shard={} reason=\"{}\"", shardId, e.getMessage());
            return position().failed(Errors.UNKNOWN_SERVER_ERROR);
        } catch (IOException | RuntimeException e) {
            goOffline(e);
            return position();
        }
        if (fitted && replica.position().error() == Errors.OFFSET_OUT_OF_RANGE) {
            LOG.error(
                    "event=committed_entries_missing_at_leader shard={} leader={} epoch={} committed={} end={}",
                    shardId,
                    answer.leaderId(),
                    answer.leaderEpoch(),
                    replica.commitLsn(),
                    replica.nextLsn());
        }
        if (around.config().flush() == FlushMode.GROUP && log.nextLsn() > log.flushedLsn()) {
            requestFlush();
        }
        markDirty();
        return position();
    }

    private void propose(Command.AlterShard command) {
        LOG.info(
                "event=in_sync_set_proposed shard={} epoch={} version={} members={}",
                shardId,
                command.leaderEpoch(),
                command.version(),
                command.inSync());
        var unused = around.proposer().propose(command).whenComplete((result, thrown) -> {
            Errors error = thrown == null ? result.error() : Errors.REQUEST_TIMED_OUT;
            thread.submitSurely(nowMs -> onProposalResult(command, error, nowMs));
        });
    }

    /** Has this replica taken out of the in-sync set. */
    private void withdraw(Command.AlterShard command) {
        LOG.warn(
                "event=in_sync_set_left shard={} epoch={} version={} members={}",
                shardId,
                command.leaderEpoch(),
                command.version(),
                command.inSync());
        var unused = around.proposer()
                .propose(command)
                .whenComplete((result, thrown) -> thread.submitSurely(nowMs -> {
                    if (thrown != null || result.error() != Errors.NONE) {
                        LOG.info(
                                "event=in_sync_set_not_left shard={} error={}",
                                shardId,
                                thrown == null ? result : thrown);
                    }
                    withdrawal.onResult(nowMs);
                }));
    }

    private void onProposalResult(Command.AlterShard command, Errors error, long nowMs) {
        if (error != Errors.NONE) {
            LOG.info("event=in_sync_set_refused shard={} version={} error={}", shardId, command.version(), error);
        }
        replica.onProposalResult(command, error, nowMs);
        markDirty();
    }

    // ---- durability

    /** The log is durable below {@code lsn}. Flush thread. */
    void flushed(long lsn) {
        thread.submitSurely(nowMs -> onFlushed(lsn));
    }

    /** The log could not be forced: what the disk holds is unknown, so the shard goes offline. Flush thread. */
    void flushFailed(Exception e) {
        thread.submitSurely(nowMs -> goOffline(e));
    }

    private void onFlushed(long lsn) {
        flushRequested = false;
        if (offline) {
            return;
        }
        if (log.nextLsn() > lsn) {
            requestFlush();
        }
        FollowerPosition position = replica.position();
        if (position.follows()) {
            around.acked().accept(position);
        }
        markDirty();
    }

    private void requestFlush() {
        if (!flushRequested && !offline) {
            flushRequested = true;
            around.flushThread().request(this);
        }
    }

    // ---- timers

    void tick(long nowMs) {
        withdrawal.proposal(nowMs).ifPresent(this::withdraw);
        if (!offline) {
            replica.tick(nowMs);
            replica.proposal(nowMs).ifPresent(this::propose);
            waitingForCommit.expire(nowMs);
            waitingForDisk.expire(nowMs);
        }
        maintain(nowMs);
    }

    private void maintain(long nowMs) {
        if (!offline) {
            log.rewriteBelow(replica.rewriteBelowLsn());
            log.pollMaintenance(nowMs).ifPresent(this::inBackground);
        }
    }

    private void inBackground(Runnable job) {
        backgroundJobs.incrementAndGet();
        around.background().execute(() -> {
            try {
                job.run();
            } finally {
                backgroundJobs.decrementAndGet();
            }
        });
    }

    /** Waits for what runs on the log in the background, after {@link #retire}. Another thread. */
    void awaitBackgroundJobs() throws InterruptedException {
        while (backgroundJobs.get() > 0) {
            Thread.sleep(5);
        }
    }

    /** The log is about to be replaced: nothing is done with it any more but to close it. */
    void retire() {
        if (!offline) {
            offline = true;
            resign();
            followers.fail(Errors.NOT_LEADER_OR_FOLLOWER);
        }
    }

    void onDirectoryFailed() {
        goOffline(new IOException("the log directory has failed"));
    }

    void close() throws IOException {
        failWaiting(Errors.NOT_LEADER_OR_FOLLOWER);
        log.close();
    }

    // ---- helpers

    /** Told once a log start has moved, with the new log start, or why not. */
    interface LogStartDone {
        void done(Errors error, long logStartOffset);
    }

    /** Has {@link #finish} called before this poll ends. */
    private void markDirty() {
        if (!dirty) {
            dirty = true;
            thread.markDirty(this);
        }
    }

    private void afterControlEntry(WaitingAcks.Ack ack) {
        if (ack != null && log.nextLsn() <= replica.commitLsn()) {
            ack.reached();
        } else if (ack != null) {
            waitingForCommit.add(log.nextLsn(), Long.MAX_VALUE, ack);
        }
        if (around.config().flush() == FlushMode.GROUP) {
            requestFlush();
        }
        markDirty();
    }

    private void appendStagedFirst(long nowMs) {
        if (dirty) {
            appendStaged(nowMs);
        }
    }

    private Uuid idOf(int row) {
        return new Uuid(log.partitions().topicIdMsb(row), log.partitions().topicIdLsb(row));
    }

    private boolean hasData(Uuid topicId) {
        boolean[] found = new boolean[1];
        log.partitions()
                .forEachOfTopic(
                        topicId.getMostSignificantBits(), topicId.getLeastSignificantBits(), row -> found[0] = true);
        return found[0];
    }

    /** Also fails what was appended in this poll: whether it will be committed is for another leader to say. */
    private void failWaiting(Errors error) {
        failStagedTasks(error);
        waitingForCommit.fail(error);
        waitingForDisk.fail(error);
    }

    private void goOffline(Exception e) {
        if (offline) {
            return;
        }
        offline = true;
        withdrawal.onFailed();
        LOG.error("event=shard_offline shard={}", shardId, e);
        replica.resign();
        followers.fail(Errors.KAFKA_STORAGE_ERROR);
        failWaiting(Errors.KAFKA_STORAGE_ERROR);
        interests.forEach(FetchInterest::onChange);
    }
}
