package io.braid.broker.shard;

import io.braid.log.table.PartitionTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2LongHashMap;

/**
 * Moves of log starts that are in the log and not committed: readers do not see them yet. Owned by the shard thread.
 */
final class PendingLogStarts {
    private record Move(long lsn, long idMsb, long idLsb, int partition, long from, long to) {}

    private static final long NONE = Long.MIN_VALUE;

    private final ArrayDeque<Move> moves = new ArrayDeque<>();
    private final Long2LongHashMap visible = new Long2LongHashMap(NONE);

    /** The entry is in the log, or about to be applied; {@code from} is the log start before it. */
    void add(long lsn, PartitionTable partitions, int row, long from, long to) {
        if (to > from) {
            moves.add(new Move(
                    lsn, partitions.topicIdMsb(row), partitions.topicIdLsb(row), partitions.partition(row), from, to));
            if (visible.get(row) == NONE) {
                visible.put(row, from);
            }
        }
    }

    /** The log start that readers see. */
    long visible(int row, long logStart) {
        if (visible.isEmpty()) {
            return logStart;
        }
        long known = visible.get(row);
        return known == NONE ? logStart : known;
    }

    void commit(long commitLsn, PartitionTable partitions) {
        while (!moves.isEmpty() && moves.peek().lsn() < commitLsn) {
            Move move = moves.poll();
            int row = partitions.find(move.idMsb(), move.idLsb(), move.partition());
            if (row >= 0 && move.to() >= partitions.logStartOffset(row)) {
                visible.remove(row);
            } else if (row >= 0) {
                visible.put(row, move.to());
            }
        }
    }

    void removeRow(int row) {
        visible.remove(row);
    }

    /** The log was cut; rows may have other numbers. */
    void onTruncated(long lsn, PartitionTable partitions) {
        List<Move> kept = new ArrayList<>(moves);
        moves.clear();
        visible.clear();
        for (Move move : kept) {
            int row = partitions.find(move.idMsb(), move.idLsb(), move.partition());
            if (move.lsn() < lsn && row >= 0) {
                add(move.lsn(), partitions, row, move.from(), move.to());
            }
        }
    }
}
