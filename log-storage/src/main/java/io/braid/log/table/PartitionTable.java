package io.braid.log.table;

import static io.braid.log.table.PartitionRow.HASH_NEXT;
import static io.braid.log.table.PartitionRow.ID_LSB;
import static io.braid.log.table.PartitionRow.ID_MSB;
import static io.braid.log.table.PartitionRow.LOG_START;
import static io.braid.log.table.PartitionRow.NEWEST_ACTIVE_ROW;
import static io.braid.log.table.PartitionRow.NEWEST_SEGMENT;
import static io.braid.log.table.PartitionRow.NEXT_OFFSET;
import static io.braid.log.table.PartitionRow.PARTITION;
import static io.braid.log.table.PartitionRow.PRODUCERS;
import static io.braid.log.table.PartitionRow.SIZE_BYTES;
import static io.braid.log.table.PartitionRow.TOPIC_HASH_NEXT;
import static io.braid.log.table.PartitionRow.TOPIC_NEXT;

import io.braid.log.rows.RowChunks;
import java.util.function.IntConsumer;

/**
 * The partitions of one shard that hold data or a log start, one row each, without an object per partition.
 *
 * <p>{@link #newestSegment} is the ordinal of the segment, active or sealed, that holds the partition's newest batch,
 * -1
 * when none does; {@link #newestActiveRow} is that batch's row in the segment's ActiveIndex and means something only
 * while
 * that index is in memory. So nothing has to be reset when a segment is rolled or sealed. Row numbers are reused after
 * {@link #removeTopic}. Owned by the shard thread.
 */
public final class PartitionTable {
    private static final int NONE = -1;

    private final RowChunks rows = new RowChunks(PartitionRow.BYTES);
    private final LinearHash byPartition = new LinearHash(new PartitionLinks(), 1);
    /** Holds the first row of each topic. */
    private final LinearHash byTopic = new LinearHash(new TopicLinks(), 4);

    private int size;
    private int limit;
    private int firstFree = NONE;

    /** The row of a partition, or -1. */
    public int find(long idMsb, long idLsb, int partition) {
        int row = byPartition.first(hash(idMsb, idLsb, partition));
        while (row != NONE && !is(row, idMsb, idLsb, partition)) {
            row = rows.getInt(row, HASH_NEXT);
        }
        return row;
    }

    private boolean is(int row, long idMsb, long idLsb, int partition) {
        return rows.getInt(row, PARTITION) == partition
                && rows.getLong(row, ID_MSB) == idMsb
                && rows.getLong(row, ID_LSB) == idLsb;
    }

    /**
     * The row of a partition; a new row has log start, next offset and size 0, and no newest batch.
     *
     * @throws IllegalArgumentException for a negative partition
     */
    public int findOrAdd(long idMsb, long idLsb, int partition) {
        int row = find(idMsb, idLsb, partition);
        return row != NONE ? row : add(idMsb, idLsb, partition);
    }

    private int add(long idMsb, long idLsb, int partition) {
        if (partition < 0) {
            throw new IllegalArgumentException("partition=" + partition);
        }
        int row = allocate();
        rows.setLong(row, ID_MSB, idMsb);
        rows.setLong(row, ID_LSB, idLsb);
        rows.setInt(row, PARTITION, partition);
        rows.setLong(row, LOG_START, 0);
        rows.setLong(row, NEXT_OFFSET, 0);
        rows.setLong(row, SIZE_BYTES, 0);
        setNewest(row, NONE, NONE);
        rows.setInt(row, PRODUCERS, NONE);
        addToTopic(row, firstOfTopic(idMsb, idLsb));
        byPartition.add(row);
        size++;
        return row;
    }

    private void addToTopic(int row, int first) {
        if (first == NONE) {
            rows.setInt(row, TOPIC_NEXT, NONE);
            byTopic.add(row);
        } else {
            rows.setInt(row, TOPIC_NEXT, rows.getInt(first, TOPIC_NEXT));
            rows.setInt(first, TOPIC_NEXT, row);
        }
    }

    private int allocate() {
        if (firstFree == NONE) {
            rows.ensure(limit + 1);
            return limit++;
        }
        int row = firstFree;
        firstFree = rows.getInt(row, HASH_NEXT);
        return row;
    }

    private int firstOfTopic(long idMsb, long idLsb) {
        int row = byTopic.first(hash(idMsb, idLsb, 0));
        while (row != NONE && (rows.getLong(row, ID_MSB) != idMsb || rows.getLong(row, ID_LSB) != idLsb)) {
            row = rows.getInt(row, TOPIC_HASH_NEXT);
        }
        return row;
    }

    /** Number of partitions. */
    public int size() {
        return size;
    }

    /** All row numbers, used and free, are below. */
    public int rowLimit() {
        return limit;
    }

    public long topicIdMsb(int row) {
        return rows.getLong(row, ID_MSB);
    }

    public long topicIdLsb(int row) {
        return rows.getLong(row, ID_LSB);
    }

    public int partition(int row) {
        return rows.getInt(row, PARTITION);
    }

    public long logStartOffset(int row) {
        return rows.getLong(row, LOG_START);
    }

    public void setLogStartOffset(int row, long offset) {
        rows.setLong(row, LOG_START, offset);
    }

    public long nextOffset(int row) {
        return rows.getLong(row, NEXT_OFFSET);
    }

    public void setNextOffset(int row, long offset) {
        rows.setLong(row, NEXT_OFFSET, offset);
    }

    /** Bytes of the live batches, from log start to end, as accounted with {@link #addBytes}. */
    public long sizeBytes(int row) {
        return rows.getLong(row, SIZE_BYTES);
    }

    public void addBytes(int row, long delta) {
        rows.setLong(row, SIZE_BYTES, rows.getLong(row, SIZE_BYTES) + delta);
    }

    public int newestActiveRow(int row) {
        return rows.getInt(row, NEWEST_ACTIVE_ROW);
    }

    public int newestSegment(int row) {
        return rows.getInt(row, NEWEST_SEGMENT);
    }

    /** Sets segment and row of the newest batch together: ActiveIndex.add does it; undoing an append restores both. */
    public void setNewest(int row, int segment, int activeRow) {
        rows.setInt(row, NEWEST_SEGMENT, segment);
        rows.setInt(row, NEWEST_ACTIVE_ROW, activeRow);
    }

    int producers(int row) {
        return rows.getInt(row, PRODUCERS);
    }

    void setProducers(int row, int root) {
        rows.setInt(row, PRODUCERS, root);
    }

    /** Whether the row number is in use. */
    public boolean isUsed(int row) {
        return row >= 0 && row < limit && rows.getInt(row, PARTITION) != NONE;
    }

    /**
     * Removes all partitions of a topic. {@code removed} gets each row before it is freed, still readable: pass
     * {@code producers::removePartition} at least.
     */
    public void removeTopic(long idMsb, long idLsb, IntConsumer removed) {
        int row = firstOfTopic(idMsb, idLsb);
        if (row == NONE) {
            return;
        }
        byTopic.remove(row);
        while (row != NONE) {
            int next = rows.getInt(row, TOPIC_NEXT);
            removed.accept(row);
            byPartition.remove(row);
            free(row);
            row = next;
        }
    }

    private void free(int row) {
        rows.setInt(row, PARTITION, NONE);
        rows.setInt(row, HASH_NEXT, firstFree);
        firstFree = row;
        size--;
    }

    /** Visits the rows of a topic, in no particular order. The visitor must not add or remove rows. */
    public void forEachOfTopic(long idMsb, long idLsb, IntConsumer visitor) {
        for (int row = firstOfTopic(idMsb, idLsb); row != NONE; row = rows.getInt(row, TOPIC_NEXT)) {
            visitor.accept(row);
        }
    }

    /** Visits all rows in row order. The visitor must not add or remove rows. */
    public void forEach(IntConsumer visitor) {
        for (int row = 0; row < limit; row++) {
            if (rows.getInt(row, PARTITION) != NONE) {
                visitor.accept(row);
            }
        }
    }

    /**
     * An immutable copy; costs one reference per 256 rows, and a copy of such a chunk when the owner next writes to
     * it.
     */
    public PartitionSnapshot snapshot() {
        return new PartitionSnapshot(rows.snapshot(), size, limit);
    }

    /** Bytes of heap in the arrays of this table, exactly. */
    public long heapBytes() {
        return rows.heapBytes() + byPartition.heapBytes() + byTopic.heapBytes();
    }

    static int hash(long idMsb, long idLsb, int partition) {
        long hash = (idMsb ^ Long.rotateLeft(idLsb, 29)) + partition * 0x9E3779B97F4A7C15L;
        hash = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
        return (int) (hash ^ (hash >>> 32));
    }

    /** Chains of the partitions in a bucket. */
    private final class PartitionLinks implements LinearHash.Rows {
        @Override
        public int hash(int row) {
            return PartitionTable.hash(
                    rows.getLong(row, ID_MSB), rows.getLong(row, ID_LSB), rows.getInt(row, PARTITION));
        }

        @Override
        public int next(int row) {
            return rows.getInt(row, HASH_NEXT);
        }

        @Override
        public void setNext(int row, int next) {
            rows.setInt(row, HASH_NEXT, next);
        }
    }

    /** Chains of the topics in a bucket. */
    private final class TopicLinks implements LinearHash.Rows {
        @Override
        public int hash(int row) {
            return PartitionTable.hash(rows.getLong(row, ID_MSB), rows.getLong(row, ID_LSB), 0);
        }

        @Override
        public int next(int row) {
            return rows.getInt(row, TOPIC_HASH_NEXT);
        }

        @Override
        public void setNext(int row, int next) {
            rows.setInt(row, TOPIC_HASH_NEXT, next);
        }
    }
}
