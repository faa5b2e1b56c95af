package io.braid.broker.shard;

import io.braid.log.table.PartitionTable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * How far a replica knows its log to be committed, and what follows for the partitions. Owned by the shard thread.
 *
 * <p>What was in the log when it was opened may be committed or not, and nobody noted which of its entries belong to which
 * partition: until the commit LSN has passed it, the high watermarks are not known.
 */
final class CommitState {
    /** A topic's deletion in the log, and its batches of which it is not known whether they are committed. */
    record Deletion(long lsn, Uuid topicId, List<Integer> rows, List<UncommittedTail.Entry> batches) {}

    private final ShardStore store;
    private final CommitListener listener;
    private final UncommittedTail tail = new UncommittedTail();
    private final PendingLogStarts logStarts = new PendingLogStarts();
    private final ArrayDeque<Deletion> deletions = new ArrayDeque<>();
    private final Set<Uuid> dying = new HashSet<>();
    private long recoveredLsn;
    private long commitLsn;

    CommitState(ShardStore store, CommitListener listener) {
        this.store = store;
        this.listener = listener;
        this.recoveredLsn = store.nextLsn();
        this.commitLsn = store.startLsn();
    }

    long commitLsn() {
        return commitLsn;
    }

    /** Whether high watermarks are known. */
    boolean known() {
        return commitLsn >= recoveredLsn;
    }

    /** First offset that consumers may not see; the log start while nothing better is known. */
    long highWatermark(int row) {
        return known() ? tail.highWatermark(row, store.partitions().nextOffset(row)) : logStartOffset(row);
    }

    /** First offset that consumers see: a move takes effect when it is committed. */
    long logStartOffset(int row) {
        return logStarts.visible(row, store.partitions().logStartOffset(row));
    }

    // ---- what was appended and is not committed

    /** Whether there are such batches. */
    boolean hasTail() {
        return !tail.isEmpty();
    }

    /** A batch was appended that moved a partition's log end. */
    void onBatch(long lsn, int row, long startOffset, long endOffset, int bytes) {
        tail.add(lsn, row, startOffset, endOffset, bytes);
    }

    /** A log start is about to be moved from where it is, or was moved from there. */
    void onLogStart(long lsn, int row, long from, long to) {
        logStarts.add(lsn, store.partitions(), row, from, to);
    }

    /** What a deletion is going to end; to be asked before it is applied. */
    Deletion deletion(long lsn, Uuid topicId) {
        PartitionTable partitions = store.partitions();
        List<Integer> found = new ArrayList<>();
        partitions.forEachOfTopic(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits(), found::add);
        Set<Integer> rows = new HashSet<>(found);
        return new Deletion(lsn, topicId, found, tail.isEmpty() ? List.of() : tail.of(rows::contains, partitions));
    }

    /** The deletion is applied, or about to be: its rows may be given to other partitions. */
    void onDeletion(Deletion deletion) {
        for (int row : deletion.rows()) {
            tail.removeRow(row);
            logStarts.removeRow(row);
            listener.onRowRemoved(row);
        }
        deletions.add(deletion);
        dying.add(deletion.topicId());
    }

    /** Whether the topic's deletion is in the log and not committed: nothing may be appended behind it. */
    boolean isDying(Uuid topicId) {
        return !dying.isEmpty() && dying.contains(topicId);
    }

    // ---- commit and truncation

    /** Entries below {@code lsn} are committed; false when that was known. */
    boolean advance(long lsn) {
        if (lsn <= commitLsn) {
            return false;
        }
        boolean knownBefore = known();
        commitLsn = lsn;
        if (!knownBefore && known()) {
            listener.onHighWatermarksKnown();
        }
        if (!tail.isEmpty()) {
            tail.commit(lsn, store.partitions()::nextOffset, listener::onAdvance);
        }
        logStarts.commit(lsn, store.partitions());
        while (!deletions.isEmpty() && deletions.peek().lsn() < lsn) {
            dying.remove(deletions.poll().topicId());
        }
        store.onCommitted(lsn);
        return true;
    }

    /** Tells the log what is committed, so that it counts nothing else as that. */
    void hold() {
        store.onCommitted(commitLsn);
    }

    /** Cuts the log at {@code lsn}; partitions may have other rows afterwards. */
    void truncate(long lsn, long nowMs) throws IOException {
        List<UncommittedTail.Entry> rest = tail.below(lsn, store.partitions());
        List<Deletion> kept = new ArrayList<>();
        for (Deletion deletion : deletions) {
            if (deletion.lsn() < lsn) {
                kept.add(deletion);
            } else {
                deletion.batches().stream().filter(b -> b.lsn() < lsn).forEach(rest::add);
            }
        }
        rest.sort(Comparator.comparingLong(UncommittedTail.Entry::lsn));
        store.truncateTo(lsn, nowMs);
        tail.restore(rest, store.partitions());
        logStarts.onTruncated(lsn, store.partitions());
        recoveredLsn = Math.min(recoveredLsn, lsn);
        deletions.clear();
        dying.clear();
        for (Deletion deletion : kept) {
            deletions.add(deletion);
            dying.add(deletion.topicId());
        }
    }
}
