package io.braid.broker.shard;

import io.braid.log.CompactionScan;
import io.braid.log.LogFlusher;
import io.braid.log.LogFullException;
import io.braid.log.LostEntries;
import io.braid.log.SharedLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One shard on this broker: the replica core with its log, and the order in which a poll of the shard's thread does what is to be
 * done with them. Around the core are the answers that wait ({@link Acknowledgements}), what clients read ({@link ShardReads}), the
 * followers that ask ({@link ReplicaServing}), the leader that is followed ({@link ReplicaFollowing}), what ends data
 * ({@link ShardDeletions}), changes of the in-sync set ({@link InSyncChanges}), forces ({@link GroupFlush}) and the upkeep of the log
 * ({@link LogMaintenance}).
 *
 * <p>Owned by its shard thread, and its parts with it; other threads reach it through {@link Shards} and
 * {@link ShardReplication}. A fault of its log takes this shard offline and nothing else.
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
    private final ReaderNews news;
    private final ShardReads reads;
    private final ReplicaServing followers;
    private final ReplicaFollowing following;
    private final Acknowledgements acks;
    private final ShardDeletions deletions;
    private final Withdrawal withdrawal;
    private final InSyncChanges inSync;
    private final LogMaintenance maintenance;
    private final GroupFlush flush;
    private final ShardThread thread;
    private final Surroundings around;

    private long appendedBytes;
    private boolean dirty;
    private boolean offline;

    ShardHost(int shardId, SharedLog log, ShardThread thread, Surroundings around) {
        this.shardId = shardId;
        this.log = log;
        this.thread = thread;
        this.around = around;
        this.news = new ReaderNews(log);
        this.replica = new ShardReplica(shardId, around.config(), new SharedLogStore(log), news);
        this.reads = new ShardReads(log, replica, news);
        this.followers = new ReplicaServing(shardId, log, replica, thread);
        this.following = new ReplicaFollowing(this, log, replica, news);
        this.acks = new Acknowledgements(replica);
        this.deletions = new ShardDeletions(this, log, replica, acks, around.background());
        this.withdrawal =
                new Withdrawal(around.config().brokerId(), log.lostEntries().isPresent());
        this.inSync = new InSyncChanges(shardId, replica, withdrawal, around.proposer(), thread, this::markDirty);
        this.maintenance = new LogMaintenance(log, replica, around.background());
        this.flush = new GroupFlush(this, log, around.config().flush(), around.flushThread());
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

    ShardReads reads() {
        return reads;
    }

    ReplicaFollowing following() {
        return following;
    }

    ShardDeletions deletions() {
        return deletions;
    }

    /** Whether the log is of no use, or about to be replaced: nothing is read from it or appended to it any more. */
    boolean offline() {
        return offline;
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
            acks.fail(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        if (replica.leads() != led || replica.leaderEpoch() != epochBefore) {
            logRole(assignment);
            news.onRoleChanged();
            followers.answerWaiting();
        }
        flush.requestIfBehind();
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
        acks.fail(Errors.NOT_LEADER_OR_FOLLOWER);
        news.onRoleChanged();
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
        acks.add(task);
        markDirty();
    }

    /** The end of a poll: appends what is staged, commits, and answers who waited for it. */
    void finish(long nowMs) {
        dirty = false;
        appendStaged(nowMs);
        if (!offline) {
            replica.advanceCommit();
            acks.advance();
            followers.finish();
        }
        maintain(nowMs);
    }

    private void appendStaged(long nowMs) {
        if (replica.hasStaged()) {
            appendDocument(nowMs);
        }
        if (offline) {
            acks.failStaged(Errors.KAFKA_STORAGE_ERROR);
        }
        acks.onAppended();
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
                news.onAppendCommitted(batches.get(i));
            }
        }
        replica.forgetStaged();
        appendedBytes += bytes;
        around.events().appended(count, bytes);
        flush.request();
    }

    /** Appends what was staged in this poll, for an entry that goes behind it. */
    void appendStagedFirst(long nowMs) {
        if (dirty) {
            appendStaged(nowMs);
        }
    }

    /** An entry that is no batch was appended. */
    void onControlEntry() {
        flush.request();
        markDirty();
    }

    /** A look for what is to be compacted; a follower's log is compacted as a leader's is. */
    Optional<CompactionScan> compactionScan() {
        return offline ? Optional.empty() : log.compactionScan();
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

    /** Entries of a leader may have been appended or committed. */
    void onReplicated() {
        flush.requestIfBehind();
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
        flush.onForced(lsn);
        if (offline) {
            return;
        }
        FollowerPosition position = replica.position();
        if (position.follows()) {
            around.acked().accept(position);
        }
        markDirty();
    }

    // ---- timers

    void tick(long nowMs) {
        inSync.withdraw(nowMs);
        if (!offline) {
            replica.tick(nowMs);
            inSync.propose(nowMs);
            acks.expire(nowMs);
        }
        maintain(nowMs);
    }

    private void maintain(long nowMs) {
        if (!offline) {
            maintenance.poll(nowMs);
        }
    }

    /** Waits for what runs on the log in the background, after {@link #retire}. Another thread. */
    void awaitBackgroundJobs() throws InterruptedException {
        maintenance.awaitJobs();
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
        acks.fail(Errors.NOT_LEADER_OR_FOLLOWER);
        log.close();
    }

    // ---- helpers

    /** Has {@link #finish} called before this poll ends. */
    private void markDirty() {
        if (!dirty) {
            dirty = true;
            thread.markDirty(this);
        }
    }

    /** The log cannot be relied on any more: nothing is done with it but to close it. */
    void goOffline(Exception e) {
        if (offline) {
            return;
        }
        offline = true;
        withdrawal.onFailed();
        LOG.error("event=shard_offline shard={}", shardId, e);
        replica.resign();
        followers.fail(Errors.KAFKA_STORAGE_ERROR);
        acks.fail(Errors.KAFKA_STORAGE_ERROR);
        news.onRoleChanged();
    }
}
