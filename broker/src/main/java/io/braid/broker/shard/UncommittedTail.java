package io.braid.broker.shard;

import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongArrayList;

/**
 * The partitions that have entries above the commit LSN, with their high watermarks.
 *
 * <p>A partition without such entries is not in here: its high watermark is its log end. Owned by the shard thread.
 */
final class UncommittedTail {
    private static final long NONE = Long.MIN_VALUE;

    private final Long2LongHashMap highWatermarks = new Long2LongHashMap(NONE);
    // Three values an entry: LSN, partition row, offset after the entry's batch; oldest first from `head`.
    private final LongArrayList entries = new LongArrayList();
    private int head;

    boolean isEmpty() {
        return head == entries.size();
    }

    /** An entry was appended that moved the partition's log end from {@code startOffset} to {@code endOffset}. */
    void add(long lsn, int row, long startOffset, long endOffset) {
        if (highWatermarks.get(row) == NONE) {
            highWatermarks.put(row, startOffset);
        }
        entries.addLong(lsn);
        entries.addLong(row);
        entries.addLong(endOffset);
    }

    /** Everything below {@code commitLsn} is committed; tells {@code advanced} each partition row that gained by it. */
    void commit(long commitLsn, LogEnd logEnd, RowAdvanced advanced) {
        while (head < entries.size() && entries.getLong(head) < commitLsn) {
            int row = (int) entries.getLong(head + 1);
            long endOffset = entries.getLong(head + 2);
            head += 3;
            if (endOffset >= logEnd.of(row)) {
                highWatermarks.remove(row);
            } else {
                highWatermarks.put(row, endOffset);
            }
            advanced.onAdvance(row);
        }
        compact();
    }

    /** The partition's high watermark, given its log end. */
    long highWatermark(int row, long logEndOffset) {
        long known = highWatermarks.get(row);
        return known == NONE ? logEndOffset : known;
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

    /** Told of each partition row whose high watermark rose. */
    @FunctionalInterface
    interface RowAdvanced {
        void onAdvance(int row);
    }
}
