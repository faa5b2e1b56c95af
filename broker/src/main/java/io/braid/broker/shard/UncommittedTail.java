package io.braid.broker.shard;

import io.braid.log.table.PartitionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongArrayList;

/**
 * The partitions that have entries above the commit LSN, with their high watermarks.
 *
 * <p>A partition without such entries is not in here: its high watermark is its log end. Owned by the shard thread.
 */
final class UncommittedTail {
    private static final long NONE = Long.MIN_VALUE;
    /** LSN, partition row, offset after the entry's batch, bytes of the batch. */
    private static final int WIDTH = 4;

    /** In place of the row of an entry whose topic was deleted. */
    private static final int NO_ROW = -1;

    private final Long2LongHashMap highWatermarks = new Long2LongHashMap(NONE);
    // WIDTH values an entry; oldest first from `head`.
    private final LongArrayList entries = new LongArrayList();
    private int head;

    /** An entry apart from row numbers, which a truncation changes. */
    record Entry(long lsn, long idMsb, long idLsb, int partition, long startOffset, long endOffset, int bytes) {}

    boolean isEmpty() {
        return head == entries.size();
    }

    /** An entry was appended that moved the partition's log end from {@code startOffset} to {@code endOffset}. */
    void add(long lsn, int row, long startOffset, long endOffset, int bytes) {
        if (highWatermarks.get(row) == NONE) {
            highWatermarks.put(row, startOffset);
        }
        entries.addLong(lsn);
        entries.addLong(row);
        entries.addLong(endOffset);
        entries.addLong(bytes);
    }

    /** Everything below {@code commitLsn} is committed; tells {@code advanced} each batch that consumers gained by it. */
    void commit(long commitLsn, LogEnd logEnd, RowAdvanced advanced) {
        while (head < entries.size() && entries.getLong(head) < commitLsn) {
            int row = (int) entries.getLong(head + 1);
            long endOffset = entries.getLong(head + 2);
            int bytes = (int) entries.getLong(head + 3);
            head += WIDTH;
            if (row == NO_ROW) {
                continue;
            }
            if (endOffset >= logEnd.of(row)) {
                highWatermarks.remove(row);
            } else {
                highWatermarks.put(row, endOffset);
            }
            advanced.onAdvance(row, bytes);
        }
        compact();
    }

    /** The partition's high watermark, given its log end. */
    long highWatermark(int row, long logEndOffset) {
        long known = highWatermarks.get(row);
        return known == NONE ? logEndOffset : known;
    }

    /** The entries that are left when everything from {@code lsn} on is dropped. */
    List<Entry> below(long lsn, PartitionTable partitions) {
        return collect(lsn, partitions, row -> true);
    }

    /** The entries of some rows. */
    List<Entry> of(IntPredicate rows, PartitionTable partitions) {
        return collect(Long.MAX_VALUE, partitions, rows);
    }

    /** Forgets a row: it may be given to another partition. */
    void removeRow(int row) {
        if (highWatermarks.remove(row) == NONE) {
            return;
        }
        for (int i = head; i < entries.size(); i += WIDTH) {
            if (entries.getLong(i + 1) == row) {
                entries.setLong(i + 1, NO_ROW);
            }
        }
    }

    private List<Entry> collect(long lsn, PartitionTable partitions, IntPredicate wanted) {
        List<Entry> found = new ArrayList<>();
        Long2LongHashMap starts = new Long2LongHashMap(highWatermarks);
        for (int i = head; i < entries.size() && entries.getLong(i) < lsn; i += WIDTH) {
            int row = (int) entries.getLong(i + 1);
            if (row == NO_ROW || !wanted.test(row)) {
                continue;
            }
            long end = entries.getLong(i + 2);
            found.add(new Entry(
                    entries.getLong(i),
                    partitions.topicIdMsb(row),
                    partitions.topicIdLsb(row),
                    partitions.partition(row),
                    starts.get(row),
                    end,
                    (int) entries.getLong(i + 3)));
            starts.put(row, end);
        }
        return found;
    }

    /** Begins again with collected entries, in order, whose partitions may have other rows now. */
    void restore(List<Entry> kept, PartitionTable partitions) {
        clear();
        for (Entry e : kept) {
            int row = partitions.find(e.idMsb(), e.idLsb(), e.partition());
            add(e.lsn(), row, e.startOffset(), e.endOffset(), e.bytes());
        }
    }

    void clear() {
        highWatermarks.clear();
        entries.clear();
        head = 0;
    }

    private void compact() {
        if (head == entries.size()) {
            entries.clear();
            head = 0;
        } else if (head > 4096 && head > entries.size() / 2) {
            LongArrayList rest = new LongArrayList();
            for (int i = head; i < entries.size(); i++) {
                rest.addLong(entries.getLong(i));
            }
            entries.clear();
            entries.addAll(rest);
            head = 0;
        }
    }

    /** Log end offset of a partition row. */
    @FunctionalInterface
    interface LogEnd {
        long of(int row);
    }

    /** Told of each batch by which the high watermark of a partition row rose. */
    @FunctionalInterface
    interface RowAdvanced {
        void onAdvance(int row, int bytes);
    }
}
