package io.braid.log;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What the entries above the commit LSN changed in the tables, so that a truncation takes back just those. A ring of fixed records,
 * one an entry; when it is full the oldest are given up, and a truncation to before them replays the log instead. Owned by the shard
 * thread.
 */
final class UndoLog {
    /** Entries that can be taken back at most, 6 MiB of them. */
    static final int MAX_ENTRIES = 1 << 16;

    private static final int INITIAL_ENTRIES = 16;

    /** A ring up to this size is kept when it is empty. */
    private static final int KEPT_ENTRIES = 1024;

    private static final int NONE = -1;

    // Longs of a record.
    private static final int TYPE_AND_PARTITION = 0;
    private static final int ID_MSB = 1;
    private static final int ID_LSB = 2;
    /** Where the entry before this one ends in the segment; 0 for a segment's first. */
    private static final int END_POSITION = 3;

    private static final int NEXT_OFFSET = 4;
    private static final int SIZE_BYTES = 5;
    private static final int LOG_START = 6; // of a log start
    private static final int NEWEST = 6; // of a batch: segment, row
    private static final int PRODUCER_ID = 7;
    private static final int LAST_OFFSET = 8;
    private static final int TIMESTAMP = 9;
    private static final int SEQUENCE_AND_DELTA = 10;
    private static final int PRODUCER_EPOCH = 11; // NO_PRODUCER when it was not known
    private static final int LONGS = 12;

    private static final long NO_PRODUCER = Long.MIN_VALUE;

    private long[] ring = new long[INITIAL_ENTRIES * LONGS];
    private int capacity = INITIAL_ENTRIES;
    private long first;
    private long next;
    private final Map<Long, DeletedTopic> deleted = new HashMap<>();

    /** Forgets everything; the next entry is {@code nextLsn}. */
    void clear(long nextLsn) {
        first = nextLsn;
        next = nextLsn;
        deleted.clear();
    }

    /** Entries below {@code lsn} will not be taken back. */
    void onCommitted(long lsn) {
        long wanted = Math.min(lsn, next);
        while (!deleted.isEmpty() && first < wanted) {
            deleted.remove(first++);
        }
        first = Math.max(first, wanted);
        if (first == next && capacity > KEPT_ENTRIES) {
            capacity = INITIAL_ENTRIES;
            ring = new long[capacity * LONGS];
        }
    }

    /** Whether the entries from {@code lsn} on can be taken back. */
    boolean reaches(long lsn) {
        return lsn >= first && lsn < next;
    }

    /** Notes a batch that is about to be applied. */
    void onBatch(long lsn, long endPosition, LogTables tables, int row, ByteBuffer batches, int batch) {
        long producerId = BatchHeader.producerId(batches, batch);
        int producer = producerId < 0 ? NONE : tables.producers.find(row, producerId);
        int at = add(lsn, EntryType.BATCH, endPosition);
        key(at, tables, row);
        ring[at + NEWEST] = pack(tables.partitions.newestSegment(row), tables.partitions.newestActiveRow(row));
        ring[at + PRODUCER_ID] = producerId;
        ring[at + PRODUCER_EPOCH] = producer == NONE ? NO_PRODUCER : tables.producers.epoch(producer);
        if (producer != NONE) {
            ring[at + LAST_OFFSET] = tables.producers.lastOffset(producer);
            ring[at + TIMESTAMP] = tables.producers.timestampMs(producer);
            ring[at + SEQUENCE_AND_DELTA] =
                    pack(tables.producers.lastSequence(producer), tables.producers.lastOffsetDelta(producer));
        }
    }

    /** Notes a log start that is about to be applied. */
    void onLogStart(long lsn, long endPosition, LogTables tables, int row) {
        int at = add(lsn, EntryType.LOG_START, endPosition);
        key(at, tables, row);
        ring[at + LOG_START] = tables.partitions.logStartOffset(row);
    }

    /** Notes a topic that is about to be deleted. */
    void onTopicDeleted(long lsn, long endPosition, LogTables tables, long idMsb, long idLsb) {
        add(lsn, EntryType.TOPIC_DELETED, endPosition);
        deleted.put(lsn, DeletedTopic.of(tables, idMsb, idLsb));
    }

    /** Notes an entry that changes no partition. */
    void onOther(long lsn, long endPosition) {
        add(lsn, EntryType.EPOCH_START, endPosition);
    }

    private void key(int at, LogTables tables, int row) {
        ring[at + TYPE_AND_PARTITION] |= Integer.toUnsignedLong(tables.partitions.partition(row)) << 8;
        ring[at + ID_MSB] = tables.partitions.topicIdMsb(row);
        ring[at + ID_LSB] = tables.partitions.topicIdLsb(row);
        ring[at + NEXT_OFFSET] = tables.partitions.nextOffset(row);
        ring[at + SIZE_BYTES] = tables.partitions.sizeBytes(row);
    }

    static long pack(int high, int low) {
        return ((long) high << 32) | Integer.toUnsignedLong(low);
    }

    private int add(long lsn, byte type, long endPosition) {
        if (lsn != next) {
            clear(lsn);
        }
        if (next - first == capacity) {
            if (capacity == MAX_ENTRIES) {
                deleted.remove(first++);
            } else {
                grow();
            }
        }
        int at = at(next++);
        ring[at + TYPE_AND_PARTITION] = type;
        ring[at + END_POSITION] = endPosition;
        return at;
    }

    private int at(long lsn) {
        return (int) (lsn & (capacity - 1)) * LONGS;
    }

    private void grow() {
        long[] old = ring;
        int mask = capacity - 1;
        capacity *= 2;
        ring = new long[capacity * LONGS];
        for (long lsn = first; lsn < next; lsn++) {
            System.arraycopy(old, (int) (lsn & mask) * LONGS, ring, at(lsn), LONGS);
        }
    }

    /**
     * Takes back the entries from {@code lsn} on, newest first.
     *
     * @return where the entry before {@code lsn} ends in the segment that holds {@code lsn}; 0 when it is the segment's first
     */
    long undo(long lsn, LogTables tables) {
        while (next > lsn) {
            next--;
            undo(at(next), tables);
        }
        tables.epochs.truncate(lsn);
        return ring[at(lsn) + END_POSITION];
    }

    private void undo(int at, LogTables tables) {
        byte type = (byte) ring[at + TYPE_AND_PARTITION];
        if (type == EntryType.TOPIC_DELETED) {
            deleted.remove(next).restore(tables);
        } else if (type != EntryType.EPOCH_START) {
            int partition = (int) (ring[at + TYPE_AND_PARTITION] >>> 8);
            int row = tables.partitions.findOrAdd(ring[at + ID_MSB], ring[at + ID_LSB], partition);
            tables.partitions.setNextOffset(row, ring[at + NEXT_OFFSET]);
            tables.partitions.addBytes(row, ring[at + SIZE_BYTES] - tables.partitions.sizeBytes(row));
            if (type == EntryType.LOG_START) {
                tables.partitions.setLogStartOffset(row, ring[at + LOG_START]);
            } else {
                tables.partitions.setNewest(row, (int) (ring[at + NEWEST] >> 32), (int) ring[at + NEWEST]);
                undoProducer(at, tables, row);
            }
        }
    }

    private void undoProducer(int at, LogTables tables, int row) {
        long producerId = ring[at + PRODUCER_ID];
        if (producerId < 0) {
            return;
        }
        if (ring[at + PRODUCER_EPOCH] == NO_PRODUCER) {
            tables.producers.remove(row, producerId);
        } else {
            tables.producers.put(
                    row,
                    producerId,
                    (short) ring[at + PRODUCER_EPOCH],
                    (int) (ring[at + SEQUENCE_AND_DELTA] >> 32),
                    ring[at + LAST_OFFSET],
                    (int) ring[at + SEQUENCE_AND_DELTA],
                    ring[at + TIMESTAMP]);
        }
    }
}
