package io.braid.broker.shard;

import io.braid.log.EntryBatch;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.IntHashSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * The replica of one shard: checks batches against leadership and producer state, gives out offsets, appends, commits.
 *
 * <p>A pure core: it knows no clock, thread, socket or file; time comes in, answers go out in the {@link PartitionAppend}s
 * and as the commit LSN. Batches are staged one by one and appended together as one document, so that many small batches
 * cost one append. Owned by the shard thread.
 */
final class ShardReplica {
    /** Batches before the last one that are searched for the original of a repeated batch, as Kafka does. */
    static final int DUPLICATE_SEARCH_DEPTH = 5;

    static final int NO_LEADER = -1;

    private final ShardStore store;
    private final boolean commitOnAppend;
    private final EntryBatch entries = new EntryBatch();
    private final IntHashSet stagedRows = new IntHashSet();
    private final List<PartitionAppend> staged = new ArrayList<>();
    private final UncommittedTail tail = new UncommittedTail();

    private int leaderEpoch = NO_LEADER;
    private int inSyncReplicas;
    private long commitLsn;

    /**
     * @param commitOnAppend an entry is committed as soon as this replica has appended it (a single replica that
     *                       acknowledges from the page cache); otherwise {@link #onDurable} commits
     */
    ShardReplica(ShardStore store, boolean commitOnAppend) {
        this.store = store;
        this.commitOnAppend = commitOnAppend;
        this.commitLsn = store.nextLsn();
    }

    // ---- leadership

    void becomeLeader(int epoch, int inSync) {
        leaderEpoch = epoch;
        inSyncReplicas = inSync;
    }

    void resign() {
        leaderEpoch = NO_LEADER;
    }

    boolean leads() {
        return leaderEpoch != NO_LEADER;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    // ---- staging

    /** True when the next batch of this partition can be staged only after what is staged has been appended. */
    boolean mustAppendBefore(PartitionAppend append) {
        int row = find(append.topicId(), append.partition());
        return row >= 0 && stagedRows.contains(row);
    }

    long stagedBytes() {
        return entries.bytes();
    }

    boolean hasStaged() {
        return entries.size() > 0;
    }

    /**
     * Checks one batch and stages it, with its base offset and leader epoch set in place. Afterwards the append either
     * carries an error, or is a duplicate with its first offsets, or waits for {@link #appendStaged}.
     */
    void stage(PartitionAppend append) {
        if (!leads()) {
            append.fail(Errors.NOT_LEADER_OR_FOLLOWER, null);
            return;
        }
        if (append.minInSyncReplicas() > inSyncReplicas) {
            append.fail(
                    Errors.NOT_ENOUGH_REPLICAS,
                    "min.insync.replicas=" + append.minInSyncReplicas() + ", in sync: " + inSyncReplicas);
            return;
        }
        PartitionTable partitions = store.partitions();
        Uuid id = append.topicId();
        int row = partitions.findOrAdd(id.getMostSignificantBits(), id.getLeastSignificantBits(), append.partition());
        if (BatchHeader.producerId(append.batch(), append.batch().position()) >= 0 && !inSequence(append, row)) {
            return;
        }
        if (!hasStaged()) {
            startEpochIfNew();
        }
        long offset = partitions.nextOffset(row);
        BatchHeader.setBaseOffset(append.batch(), append.batch().position(), offset);
        BatchHeader.setLeaderEpoch(append.batch(), append.batch().position(), leaderEpoch);
        entries.addBatch(row, leaderEpoch, append.batch());
        stagedRows.add(row);
        staged.add(append);
        append.staged(row, offset, partitions.logStartOffset(row));
    }

    /**
     * Appends what is staged.
     *
     * @throws IOException nothing was appended; each staged append then carries an error
     */
    void appendStaged(long nowMs) throws IOException {
        try {
            appendEntries(nowMs);
            long after = store.nextLsn();
            for (PartitionAppend append : staged) {
                append.appended(after);
            }
        } catch (IOException e) {
            for (PartitionAppend append : staged) {
                append.fail(Errors.KAFKA_STORAGE_ERROR, e.getMessage());
            }
            forgetStaged();
            throw e;
        } finally {
            stagedRows.clear();
            entries.clear();
        }
    }

    /** The batches staged, or appended last until {@link #forgetStaged}. */
    List<PartitionAppend> stagedAppends() {
        return staged;
    }

    /** The appended batches have been dealt with. */
    void forgetStaged() {
        staged.clear();
    }

    /** Appends an entry that moves a partition's log start; it takes effect when it is committed. */
    void appendLogStart(Uuid topicId, int partition, long newLogStart, long nowMs) throws IOException {
        appendAlone(
                nowMs,
                () -> entries.addLogStart(
                        topicId.getMostSignificantBits(),
                        topicId.getLeastSignificantBits(),
                        partition,
                        leaderEpoch,
                        newLogStart));
    }

    /** Appends an entry that ends a deleted topic's data in this shard. */
    void appendTopicDeleted(Uuid topicId, long nowMs) throws IOException {
        appendAlone(
                nowMs,
                () -> entries.addTopicDeleted(
                        topicId.getMostSignificantBits(), topicId.getLeastSignificantBits(), leaderEpoch));
    }

    // ---- commit

    /** Everything below {@code lsn} is durable on this replica. Returns true when the commit LSN rose. */
    boolean onDurable(long lsn, UncommittedTail.RowAdvanced advanced) {
        if (commitOnAppend || lsn <= commitLsn) {
            return false;
        }
        commitLsn = lsn;
        tail.commit(commitLsn, store.partitions()::nextOffset, advanced);
        return true;
    }

    /** Entries with a smaller LSN are committed. */
    long commitLsn() {
        return commitLsn;
    }

    /** First offset that consumers may not see yet. */
    long highWatermark(int row) {
        return tail.highWatermark(row, store.partitions().nextOffset(row));
    }

    /** The partition's row, or -1 when it has no data here. */
    int find(Uuid topicId, int partition) {
        return store.partitions().find(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits(), partition);
    }

    // ---- helpers

    private interface Staging {
        void run();
    }

    private void appendAlone(long nowMs, Staging staging) throws IOException {
        if (hasStaged()) {
            throw new IllegalStateException("staged batches must be appended first");
        }
        startEpochIfNew();
        staging.run();
        try {
            appendEntries(nowMs);
        } finally {
            entries.clear();
        }
    }

    private void appendEntries(long nowMs) throws IOException {
        long first = store.append(entries, nowMs);
        if (commitOnAppend) {
            commitLsn = store.nextLsn();
            return;
        }
        int others = entries.size() - staged.size();
        for (int i = 0; i < staged.size(); i++) {
            PartitionAppend append = staged.get(i);
            tail.add(
                    first + others + i,
                    append.row(),
                    append.baseOffset(),
                    store.partitions().nextOffset(append.row()));
        }
    }

    private void startEpochIfNew() {
        if (store.epochs().latestEpoch() < leaderEpoch) {
            entries.addEpochStart(leaderEpoch);
        }
    }

    private boolean inSequence(PartitionAppend append, int row) {
        int at = append.batch().position();
        long producerId = BatchHeader.producerId(append.batch(), at);
        ProducerTable producers = store.producers();
        int known = producers.find(row, producerId);
        if (known < 0) {
            return true;
        }
        short epoch = BatchHeader.producerEpoch(append.batch(), at);
        int firstSequence = BatchHeader.baseSequence(append.batch(), at);
        int records = BatchHeader.lastOffsetDelta(append.batch(), at) + 1;
        int lastRecords = producers.lastOffsetDelta(known) + 1;
        switch (SequenceCheck.check(
                producers.epoch(known), producers.lastSequence(known), lastRecords, epoch, firstSequence, records)) {
            case IN_ORDER:
                return true;
            case DUPLICATE_OF_LAST:
                duplicate(append, row, producers.lastOffset(known) - records + 1);
                return false;
            case MAYBE_EARLIER:
                findEarlier(
                        append, row, producerId, epoch, firstSequence, SequenceCheck.next(firstSequence, records - 1));
                return false;
            case FENCED:
                append.fail(
                        Errors.INVALID_PRODUCER_EPOCH,
                        "producer " + producerId + " epoch " + epoch + " is fenced by epoch " + producers.epoch(known));
                return false;
            case OUT_OF_ORDER:
            default:
                outOfOrder(append, producerId, firstSequence, producers.lastSequence(known));
                return false;
        }
    }

    private void findEarlier(
            PartitionAppend append, int row, long producerId, short epoch, int firstSequence, int lastSequence) {
        try {
            var original =
                    store.view(row).findBatch(producerId, epoch, firstSequence, lastSequence, DUPLICATE_SEARCH_DEPTH);
            if (original.isPresent()) {
                duplicate(append, row, original.getAsLong());
            } else {
                int known = store.producers().find(row, producerId);
                outOfOrder(append, producerId, firstSequence, store.producers().lastSequence(known));
            }
        } catch (IOException e) {
            append.fail(Errors.KAFKA_STORAGE_ERROR, e.getMessage());
        }
    }

    /** The original may not be committed yet, so the answer waits for everything appended so far. */
    private void duplicate(PartitionAppend append, int row, long baseOffset) {
        append.staged(row, baseOffset, store.partitions().logStartOffset(row));
        append.appended(store.nextLsn());
    }

    private static void outOfOrder(PartitionAppend append, long producerId, int sequence, int last) {
        append.fail(
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer " + producerId + " sent sequence " + sequence + " after " + last);
    }
}
