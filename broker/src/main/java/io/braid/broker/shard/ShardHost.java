package io.braid.broker.shard;

import io.braid.log.FlushMode;
import io.braid.log.LogConfig;
import io.braid.log.LogFlusher;
import io.braid.log.LogFullException;
import io.braid.log.LogStartAdvance;
import io.braid.log.RetentionPolicy;
import io.braid.log.RetentionScan;
import io.braid.log.SharedLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard on this broker: the replica core with its log, the acknowledgements that wait and the fetchers that listen.
 *
 * <p>Owned by its shard thread; other threads reach it through {@link Shards}. A fault of its log takes this shard
 * offline and nothing else.
 */
final class ShardHost {
    private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

    /** Staged bytes after which a document is appended although more batches are at hand. */
    private static final int MAX_STAGED_BYTES = 1 << 20;

    /** Reported for a commit, whose bytes are not counted: the fetcher looks and waits on if it is too little. */
    private static final int ENOUGH_TO_LOOK_AGAIN = 1 << 30;

    private record WaitingAck(long lsn, AppendTask task) {}

    private final int shardId;
    private final SharedLog log;
    private final ShardReplica replica;
    private final ShardThread thread;
    private final FlushThread flushThread;
    private final Executor background;
    private final LogConfig config;
    private final ShardEvents events;
    private final FetchInterests interests = new FetchInterests();
    private final List<AppendTask> stagedTasks = new ArrayList<>();
    private final ArrayDeque<WaitingAck> waitingAcks = new ArrayDeque<>();

    private boolean dirty;
    private boolean offline;
    private boolean flushRequested;
    private boolean retaining;

    ShardHost(
            int shardId,
            SharedLog log,
            LogConfig config,
            ShardThread thread,
            FlushThread flushThread,
            Executor background,
            ShardEvents events) {
        this.shardId = shardId;
        this.log = log;
        this.config = config;
        this.thread = thread;
        this.flushThread = flushThread;
        this.background = background;
        this.events = events;
        this.replica = new ShardReplica(new SharedLogStore(log), config.flush() == FlushMode.REPLICATED);
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

    // ---- leadership

    void becomeLeader(int leaderEpoch, int inSyncReplicas) {
        if (offline) {
            return;
        }
        boolean changed = replica.leaderEpoch() != leaderEpoch;
        replica.becomeLeader(leaderEpoch, inSyncReplicas);
        if (changed) {
            interests.forEach(FetchInterest::onChange);
        }
    }

    void resign() {
        replica.resign();
        failWaiting(Errors.NOT_LEADER_OR_FOLLOWER);
        interests.forEach(FetchInterest::onChange);
    }

    /** -1 when this broker does not lead the shard or its log is out of order. */
    int leaderEpoch() {
        return offline ? ShardReplica.NO_LEADER : replica.leaderEpoch();
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
        if (!dirty) {
            dirty = true;
            thread.markDirty(this);
        }
    }

    /** Appends what is staged and answers or parks the tasks. */
    void appendStaged(long nowMs) {
        dirty = false;
        if (replica.hasStaged()) {
            appendDocument(nowMs);
        }
        for (int i = 0; i < stagedTasks.size(); i++) {
            AppendTask task = stagedTasks.get(i);
            long lsn = task.ackLsn();
            boolean waits = task.waitForCommit() || config.flush() == FlushMode.GROUP;
            if (waits && lsn > replica.commitLsn()) {
                waitingAcks.add(new WaitingAck(lsn, task));
            } else {
                task.onDone().run();
            }
        }
        stagedTasks.clear();
        maintain(nowMs);
    }

    private void appendDocument(long nowMs) {
        List<PartitionAppend> batches = replica.stagedAppends();
        long bytes = replica.stagedBytes();
        int count = batches.size();
        boolean committed;
        try {
            replica.appendStaged(nowMs);
            committed = replica.commitLsn() == log.nextLsn();
        } catch (LogFullException e) {
            LOG.warn("event=append_refused shard={} reason=\"{}\"", shardId, e.getMessage());
            return;
        } catch (IOException | RuntimeException e) {
            goOffline(e);
            return;
        }
        if (committed) {
            for (int i = 0; i < count; i++) {
                PartitionAppend a = batches.get(i);
                interests.data(a.topicId(), a.partition(), a.row(), a.batch().remaining());
            }
        }
        replica.forgetStaged();
        events.appended(count, bytes);
        noteCommit();
        if (config.flush() == FlushMode.GROUP) {
            requestFlush();
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
        } else if (target > replica.highWatermark(row)) {
            onDone.done(Errors.OFFSET_OUT_OF_RANGE, -1);
        } else if (target <= log.partitions().logStartOffset(row)) {
            onDone.done(Errors.NONE, log.partitions().logStartOffset(row));
        } else {
            try {
                replica.appendLogStart(topicId, partition, target, nowMs);
                afterControlEntry(() -> onDone.done(Errors.NONE, target));
            } catch (LogFullException e) {
                onDone.done(Errors.KAFKA_STORAGE_ERROR, -1);
            } catch (IOException | RuntimeException e) {
                goOffline(e);
                onDone.done(Errors.KAFKA_STORAGE_ERROR, -1);
            }
        }
    }

    /** Ends a deleted topic's data in this shard, if it has any. */
    void deleteTopic(Uuid topicId, long nowMs) {
        appendStagedFirst(nowMs);
        if (leaderEpoch() < 0) {
            return;
        }
        List<Integer> rows = rowsOf(topicId);
        if (rows.isEmpty()) {
            return;
        }
        try {
            replica.appendTopicDeleted(topicId, nowMs);
            rows.forEach(interests::rowRemoved);
            afterControlEntry(() -> {});
        } catch (LogFullException e) {
            LOG.warn("event=topic_deletion_deferred shard={} topic={} reason=\"{}\"", shardId, topicId, e.getMessage());
        } catch (IOException | RuntimeException e) {
            goOffline(e);
        }
    }

    /** Looks for data past its retention in the background, then moves the log starts found. */
    void retain(RetentionPolicy policy, long nowMs) {
        if (retaining || leaderEpoch() < 0) {
            return;
        }
        retaining = true;
        RetentionScan scan = log.retentionScan();
        background.execute(() -> {
            List<LogStartAdvance> found;
            try {
                found = scan.run(policy, nowMs);
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

    /** Ids of the topics that have data in this shard. */
    List<Uuid> topics() {
        java.util.Set<Uuid> ids = new java.util.LinkedHashSet<>();
        log.partitions().forEach(row -> ids.add(idOf(row)));
        return List.copyOf(ids);
    }

    // ---- reads

    /** The state of one partition for a reader; with {@code interest} the fetcher stays registered for news of it. */
    PartitionSnapshot snapshot(Uuid topicId, int partition, int clientLeaderEpoch, FetchInterest interest) {
        int epoch = leaderEpoch();
        if (epoch < 0) {
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
        if (row < 0) {
            return PartitionSnapshot.empty(epoch);
        }
        return new PartitionSnapshot(
                Errors.NONE,
                epoch,
                log.partitions().logStartOffset(row),
                replica.highWatermark(row),
                Optional.of(log.view(row)));
    }

    void removeInterest(Uuid topicId, int partition, FetchInterest interest) {
        interests.remove(topicId, partition, replica.find(topicId, partition), interest);
    }

    int interestCount() {
        return interests.size();
    }

    // ---- durability

    /** The log is durable below {@code lsn}. Flush thread. */
    void flushed(long lsn) {
        thread.submit(nowMs -> onFlushed(lsn));
    }

    /** The log could not be forced: what the disk holds is unknown, so the shard goes offline. Flush thread. */
    void flushFailed(Exception e) {
        thread.submit(nowMs -> goOffline(e));
    }

    private void onFlushed(long lsn) {
        flushRequested = false;
        replica.onDurable(
                lsn, row -> interests.data(idOf(row), log.partitions().partition(row), row, ENOUGH_TO_LOOK_AGAIN));
        while (!waitingAcks.isEmpty() && waitingAcks.peek().lsn() <= replica.commitLsn()) {
            waitingAcks.poll().task().onDone().run();
        }
        noteCommit();
        if (log.nextLsn() > lsn) {
            requestFlush();
        }
    }

    private void requestFlush() {
        if (!flushRequested && !offline) {
            flushRequested = true;
            flushThread.request(this);
        }
    }

    // ---- timers

    void tick(long nowMs) {
        maintain(nowMs);
    }

    private void maintain(long nowMs) {
        if (!offline) {
            log.pollMaintenance(nowMs).ifPresent(background::execute);
        }
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

    private void noteCommit() {
        log.onCommitted(replica.commitLsn());
    }

    private void afterControlEntry(Runnable whenCommitted) {
        long lsn = log.nextLsn();
        noteCommit();
        if (lsn <= replica.commitLsn()) {
            whenCommitted.run();
        } else {
            waitingAcks.add(new WaitingAck(lsn, new AppendTask(List.of(), true, whenCommitted)));
            requestFlush();
        }
    }

    private void appendStagedFirst(long nowMs) {
        if (dirty) {
            appendStaged(nowMs);
        }
    }

    private Uuid idOf(int row) {
        return new Uuid(log.partitions().topicIdMsb(row), log.partitions().topicIdLsb(row));
    }

    private List<Integer> rowsOf(Uuid topicId) {
        List<Integer> rows = new ArrayList<>();
        log.partitions().forEach(row -> {
            if (idOf(row).equals(topicId)) {
                rows.add(row);
            }
        });
        return rows;
    }

    private void failWaiting(Errors error) {
        WaitingAck ack;
        while ((ack = waitingAcks.poll()) != null) {
            ack.task().appends().forEach(a -> a.fail(error, null));
            ack.task().onDone().run();
        }
    }

    private void goOffline(Exception e) {
        if (offline) {
            return;
        }
        offline = true;
        LOG.error("event=shard_offline shard={}", shardId, e);
        replica.resign();
        failWaiting(Errors.KAFKA_STORAGE_ERROR);
        interests.forEach(FetchInterest::onChange);
    }
}
