package io.braid.broker.shard;

import io.braid.controller.Command;
import io.braid.image.ShardImage;
import io.braid.log.AppliedEntries;
import io.braid.log.EntryRun;
import io.braid.log.FlushMode;
import io.braid.log.LogFullException;
import io.braid.log.table.EpochEndLsn;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * The replica of one shard on one broker: as a leader it checks batches, gives out offsets, appends, answers followers and
 * commits; as a follower it takes over the leader's entries; as neither it keeps its log.
 *
 * <p>A pure core: it knows no clock, thread, socket or file; time comes in, answers go out. Whoever drives it calls
 * {@link #advanceCommit} after appends and fetches, as often as it likes to hear of commits, and {@link #tick} about ten times a
 * second. An {@link IOException} that is not a {@link LogFullException} means that the log is unusable: the replica must be left
 * alone from then on. Owned by the shard thread.
 */
public final class ShardReplica {
    private static final int NO_EPOCH = -1;

    private final int shardId;
    private final ReplicaConfig config;
    private final ShardStore store;
    private final BatchStaging staging;
    private final CommitState commit;

    private ShardAssignment assignment;
    /** Null unless this broker leads. */
    private LeaderState leader;
    /** Null unless this broker follows somebody. */
    private FollowerState follower;

    public ShardReplica(int shardId, ReplicaConfig config, ShardStore store, CommitListener listener) {
        this.shardId = shardId;
        this.config = config;
        this.store = store;
        this.staging = new BatchStaging(store);
        this.commit = new CommitState(store, listener);
    }

    // ---- role

    /**
     * Follows a newer image; an older one changes nothing. A new leader of a replicated shard that has entries appends the start of
     * its epoch at once; in a shard without entries, or without other replicas, it goes before the first append.
     */
    public void assign(ShardAssignment newer, long nowMs) throws IOException {
        if (assignment != null && newer.version() < assignment.version()) {
            return;
        }
        boolean held = assignment != null && assignment.replicated();
        assignment = newer;
        if (newer.replicated() && !held) {
            commit.hold();
        }
        if (newer.leader() == config.brokerId()) {
            follower = null;
            if (leader == null || leader.leaderEpoch() != newer.leaderEpoch()) {
                lead(nowMs);
            } else {
                leader.assign(newer, nowMs);
            }
        } else {
            stopLeading();
            follow();
        }
    }

    /** Gives up whatever role there is: the broker ends, or the log is of no use. */
    public void resign() {
        stopLeading();
        follower = null;
        assignment = null;
    }

    private void lead(long nowMs) throws IOException {
        stopLeading();
        if (assignment.replicated() && store.nextLsn() > 0) {
            staging.startEpochIfNew(assignment.leaderEpoch());
        }
        long before = store.nextLsn();
        leader = new LeaderState(config, assignment, before + staging.entries().size(), nowMs);
        if (!staging.isEmpty()) {
            try {
                appendEntries(nowMs);
            } catch (LogFullException e) {
                // It goes before the first append that finds room.
                leader = new LeaderState(config, assignment, before, nowMs);
            }
        }
    }

    private void stopLeading() {
        leader = null;
        if (!staging.isEmpty()) {
            staging.fail(Errors.NOT_LEADER_OR_FOLLOWER, null);
        }
    }

    private void follow() {
        boolean member = assignment.replica(config.brokerId()).isPresent();
        if (!member || assignment.leader() == ShardImage.NO_LEADER) {
            follower = null;
        } else if (follower == null || !follower.follows(assignment)) {
            follower = new FollowerState(assignment.leader(), assignment.leaderEpoch());
        }
    }

    public boolean leads() {
        return leader != null;
    }

    /** Whether this broker holds a replica that it does not lead. */
    public boolean isFollower() {
        return assignment != null
                && leader == null
                && assignment.replica(config.brokerId()).isPresent();
    }

    /** Newest leader epoch that this replica has heard of, -1 when none. */
    public int leaderEpoch() {
        return assignment == null ? NO_EPOCH : assignment.leaderEpoch();
    }

    // ---- staging

    /** True when the next batch of this partition can be staged only after what is staged has been appended. */
    public boolean mustAppendBefore(PartitionAppend append) {
        int row = find(append.topicId(), append.partition());
        return row >= 0 && staging.has(row);
    }

    public long stagedBytes() {
        return staging.entries().bytes();
    }

    public boolean hasStaged() {
        return !staging.isEmpty();
    }

    /**
     * Checks one batch and stages it, with its base offset and leader epoch set in place. Afterwards the append either
     * carries an error, or is a duplicate with its first offsets, or waits for {@link #appendStaged}.
     */
    public void stage(PartitionAppend append) {
        if (leader == null) {
            append.fail(Errors.NOT_LEADER_OR_FOLLOWER, null);
        } else if (append.minInSyncReplicas() > leader.inSyncCount()) {
            append.fail(Errors.NOT_ENOUGH_REPLICAS, notEnough(append));
        } else if (commit.isDying(append.topicId())) {
            append.fail(Errors.UNKNOWN_TOPIC_OR_PARTITION, "the topic is being deleted");
        } else {
            staging.stage(append, leader.leaderEpoch());
        }
    }

    /**
     * Appends what is staged.
     *
     * @throws IOException nothing was appended; each staged append then carries an error
     */
    public void appendStaged(long nowMs) throws IOException {
        List<PartitionAppend> appends = staging.appends();
        int others = staging.entries().size() - appends.size();
        long first;
        try {
            first = appendEntries(nowMs);
        } catch (IOException e) {
            staging.fail(Errors.KAFKA_STORAGE_ERROR, e.getMessage());
            throw e;
        }
        boolean committed = commitAtOnce();
        long after = store.nextLsn();
        for (int i = 0; i < appends.size(); i++) {
            PartitionAppend append = appends.get(i);
            append.appended(after);
            if (!committed) {
                commit.onBatch(
                        first + others + i,
                        append.row(),
                        append.baseOffset(),
                        store.partitions().nextOffset(append.row()),
                        append.batch().remaining());
            }
        }
    }

    /** The batches staged, or appended last until {@link #forgetStaged}. */
    public List<PartitionAppend> stagedAppends() {
        return staging.appends();
    }

    /** The appended batches have been dealt with. */
    public void forgetStaged() {
        staging.forget();
    }

    /** Appends an entry that moves a partition's log start; it takes effect when it is committed. */
    public void appendLogStart(Uuid topicId, int partition, long newLogStart, long nowMs) throws IOException {
        beginAlone();
        staging.entries()
                .addLogStart(
                        topicId.getMostSignificantBits(),
                        topicId.getLeastSignificantBits(),
                        partition,
                        leader.leaderEpoch(),
                        newLogStart);
        int row = find(topicId, partition);
        long from = row < 0 ? 0 : store.partitions().logStartOffset(row);
        appendEntries(nowMs);
        if (!commitAtOnce() && row >= 0) {
            commit.onLogStart(store.nextLsn() - 1, row, from, newLogStart);
        }
    }

    /** Appends an entry that ends a deleted topic's data in this shard; it takes effect when it is committed. */
    public void appendTopicDeleted(Uuid topicId, long nowMs) throws IOException {
        beginAlone();
        staging.entries()
                .addTopicDeleted(
                        topicId.getMostSignificantBits(), topicId.getLeastSignificantBits(), leader.leaderEpoch());
        CommitState.Deletion deletion =
                commit.deletion(store.nextLsn() + staging.entries().size() - 1, topicId);
        appendEntries(nowMs);
        commit.onDeletion(deletion);
        commitAtOnce();
    }

    /** Whether the topic's deletion is in the log and not yet committed. */
    public boolean isDying(Uuid topicId) {
        return commit.isDying(topicId);
    }

    // ---- commit

    /**
     * Commits what every member of the in-sync set has, whether committed or proposed; a leader's own part counts by the flush mode.
     *
     * @return true when the commit LSN rose, on a leader; a follower's rises with {@link #apply}
     */
    public boolean advanceCommit() {
        return leader != null && commit.advance(leader.safeLsn(ownLsn()));
    }

    /** Entries with a smaller LSN are committed. */
    public long commitLsn() {
        return commit.commitLsn();
    }

    public long nextLsn() {
        return store.nextLsn();
    }

    /** Entries below are as safe on this broker as the flush mode wants. */
    public long ownLsn() {
        return config.flush() == FlushMode.GROUP ? Math.min(store.durableLsn(), store.nextLsn()) : store.nextLsn();
    }

    /** First offset that consumers may not see yet; the log start while {@link #highWatermarksKnown} is false. */
    public long highWatermark(int row) {
        return commit.highWatermark(row);
    }

    /** First offset that consumers see. */
    public long logStartOffset(int row) {
        return commit.logStartOffset(row);
    }

    /** False from opening a log until everything that was in it is known to be committed, or is truncated. */
    public boolean highWatermarksKnown() {
        return commit.known();
    }

    /**
     * Whether a leader knows of everything that earlier leaders committed (KIP-207): until then its high watermarks may be behind
     * what clients have seen.
     */
    public boolean settled() {
        return leader != null && commit.known() && commit.commitLsn() >= leader.epochStartLsn();
    }

    /** The answer to an append with acks=all that is committed: NONE, unless the in-sync set has shrunk below what it asks for. */
    public void complete(PartitionAppend append) {
        if (append.error() == Errors.NONE && leader != null && append.minInSyncReplicas() > leader.inSyncCount()) {
            append.fail(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND, notEnough(append));
        }
    }

    /** The partition's row, or -1 when it has no data here. */
    public int find(Uuid topicId, int partition) {
        return store.partitions().find(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits(), partition);
    }

    /**
     * Entries below are committed and on every member of the in-sync set: no replica that is eligible asks for them one by one any more. A follower
     * goes by what it was told is committed, as every member has that.
     */
    long rewriteBelowLsn() {
        return leader == null ? commit.commitLsn() : Math.min(commit.commitLsn(), leader.safeLsn(store.nextLsn()));
    }

    // ---- a leader and its followers

    /** Notes what a follower has. A fetch that {@link #answer} refuses, or that diverges, counts for nothing. */
    public void onFetch(ReplicaFetch fetch, long nowMs) {
        if (refusal(fetch) == Errors.NONE && divergence(fetch).isEmpty()) {
            leader.onFetch(fetch, store.nextLsn(), nowMs);
        }
    }

    /** The answer to a fetch, without entries; whether they are to be added says {@link #hasEntriesFor}. */
    public ReplicaAnswer answer(ReplicaFetch fetch) {
        Errors error = refusal(fetch);
        Optional<EpochEndLsn> divergence = error == Errors.NONE ? divergence(fetch) : Optional.empty();
        long startLsn = store.startLsn();
        if (error == Errors.NONE && divergence.isEmpty() && fetch.fetchLsn() < startLsn) {
            error = Errors.OFFSET_OUT_OF_RANGE;
        }
        return new ReplicaAnswer(
                shardId,
                error,
                assignment == null ? ShardImage.NO_LEADER : assignment.leader(),
                leaderEpoch(),
                commit.commitLsn(),
                startLsn,
                store.nextLsn(),
                divergence,
                EntryRun.empty(fetch.fetchLsn()));
    }

    /** Whether entries from {@code fetchLsn} on belong into this answer. */
    public boolean hasEntriesFor(ReplicaFetch fetch, ReplicaAnswer answer) {
        return answer.matches() && fetch.maxBytes() > 0 && fetch.fetchLsn() < store.nextLsn();
    }

    private Errors refusal(ReplicaFetch fetch) {
        if (leader == null) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        Errors error = leader.refusal(fetch);
        if (error == Errors.NONE && fetch.lastEpoch() == ReplicaFetch.CONTINUES) {
            boolean continues = leader.matched(fetch) && fetch.fetchLsn() <= store.nextLsn();
            return continues ? Errors.NONE : Errors.UNKNOWN_LEADER_EPOCH;
        }
        return error;
    }

    /** Decided from the epoch table alone (KIP-595). */
    private Optional<EpochEndLsn> divergence(ReplicaFetch fetch) {
        if (fetch.lastEpoch() == ReplicaFetch.CONTINUES || fetch.fetchLsn() == 0) {
            return Optional.empty();
        }
        EpochEndLsn end = store.epochs().endOf(fetch.lastEpoch(), store.nextLsn());
        boolean same = end.leaderEpoch() == fetch.lastEpoch() && fetch.fetchLsn() <= end.endLsn();
        return same ? Optional.empty() : Optional.of(end);
    }

    /** Time passes: followers that have everything have caught up. */
    public void tick(long nowMs) {
        if (leader != null) {
            leader.tick(store.nextLsn(), nowMs);
        }
    }

    /**
     * The change to the in-sync set that is due, if any. Whoever takes it submits it and brings the result to
     * {@link #onProposalResult}; there is no other one before.
     */
    public Optional<Command.AlterShard> proposal(long nowMs) {
        return leader == null ? Optional.empty() : leader.proposal(commit.commitLsn(), store.nextLsn(), nowMs);
    }

    /**
     * What became of a proposal.
     *
     * @param error REQUEST_TIMED_OUT when that is not known
     */
    public void onProposalResult(Command.AlterShard command, Errors error, long nowMs) {
        if (leader != null && command.leaderEpoch() == leader.leaderEpoch()) {
            leader.onProposalResult(command, error, nowMs);
        }
    }

    // ---- a follower and its leader

    /**
     * Where this replica goes on to follow. OFFSET_OUT_OF_RANGE when its leader does not have entries that were committed, as after an
     * unclean election: then the whole log has to be replaced by a copy.
     */
    public FollowerPosition position() {
        if (!isFollower()) {
            return FollowerPosition.failed(shardId, Errors.NOT_LEADER_OR_FOLLOWER);
        }
        boolean copies = follower != null && follower.beyondRepair();
        return new FollowerPosition(
                shardId,
                copies ? Errors.OFFSET_OUT_OF_RANGE : Errors.NONE,
                assignment.leader(),
                assignment.leaderEpoch(),
                store.nextLsn(),
                store.epochs().latestEpoch(),
                ownLsn());
    }

    /**
     * Takes a leader's answer: truncates, or appends and notes what is committed. An answer from another epoch, an error, and
     * entries that do not fit the end of the log are dropped. Takes ownership of the entries. The answers to one incarnation's
     * fetches must not reach another incarnation.
     *
     * @return true when the log was truncated: rows of partitions may have other numbers
     * @throws io.braid.log.CorruptRunException nothing was appended; ask again
     * @throws LogFullException nothing was appended; ask again later
     */
    public boolean apply(ReplicaAnswer answer, long nowMs) throws IOException {
        boolean meant =
                follower != null && answer.error() == Errors.NONE && answer.leaderEpoch() == follower.leaderEpoch();
        if (meant && answer.divergence().isPresent()) {
            answer.entries().release();
            return !follower.matched() && truncate(answer.divergence().get(), nowMs);
        }
        if (!meant || answer.entries().firstLsn() != store.nextLsn()) {
            answer.entries().release();
            return false;
        }
        follower.onMatched();
        if (!answer.entries().isEmpty()) {
            store.appendReplicated(answer.entries(), nowMs, new Taken());
        }
        commit.advance(Math.min(answer.commitLsn(), store.nextLsn()));
        return false;
    }

    private boolean truncate(EpochEndLsn leaders, long nowMs) throws IOException {
        long lsn = FollowerState.truncationPoint(leaders, store.epochs(), store.nextLsn());
        if (lsn >= store.nextLsn()) {
            return false;
        }
        if (lsn < commit.commitLsn()) {
            follower.onBeyondRepair();
            return false;
        }
        commit.truncate(lsn, nowMs);
        return true;
    }

    /** What was appended for the leader. */
    private final class Taken implements AppliedEntries {
        @Override
        public void onBatch(long lsn, int partitionRow, long startOffset, long endOffset, int bytes) {
            commit.onBatch(lsn, partitionRow, startOffset, endOffset, bytes);
        }

        @Override
        public void onLogStart(long lsn, long topicIdMsb, long topicIdLsb, int partition, long logStart) {
            int row = store.partitions().find(topicIdMsb, topicIdLsb, partition);
            if (row >= 0) {
                commit.onLogStart(lsn, row, store.partitions().logStartOffset(row), logStart);
            }
        }

        @Override
        public void onTopicDeleted(long lsn, long topicIdMsb, long topicIdLsb) {
            commit.onDeletion(commit.deletion(lsn, new Uuid(topicIdMsb, topicIdLsb)));
        }
    }

    // ---- helpers

    private void beginAlone() {
        if (hasStaged()) {
            throw new IllegalStateException("staged batches must be appended first");
        }
        staging.startEpochIfNew(leader.leaderEpoch());
    }

    /** Appends what is staged; returns the LSN of the first entry. */
    private long appendEntries(long nowMs) throws IOException {
        try {
            return store.append(staging.entries(), nowMs);
        } finally {
            staging.entriesDone();
        }
    }

    /** Without other members, what is appended is committed; true then. */
    private boolean commitAtOnce() {
        if (config.flush() == FlushMode.GROUP || !leader.alone() || commit.hasTail()) {
            return false;
        }
        commit.advance(store.nextLsn());
        return true;
    }

    private String notEnough(PartitionAppend append) {
        return "min.insync.replicas=" + append.minInSyncReplicas() + ", in sync: " + leader.inSyncCount();
    }
}
