package io.braid.log.table;

import io.braid.log.rows.RowView;
import java.util.function.IntConsumer;

/** The rows of a {@link PartitionTable} as they were. Immutable, any thread. Row numbers are those of the table. */
public final class PartitionSnapshot {
    private final RowView rows;
    private final int size;
    private final int limit;
    /** Open hash table of row numbers plus one; built at the first {@link #find}. */
    private volatile int[] lookup;

    PartitionSnapshot(RowView rows, int size, int limit) {
        this.rows = rows;
        this.size = size;
        this.limit = limit;
    }

    /** Number of partitions. */
    public int size() {
        return size;
    }

    /** The row of a partition, or -1. The first call builds a lookup of all rows. */
    public int find(long idMsb, long idLsb, int partition) {
        int[] table = lookup;
        if (table == null) {
            table = buildLookup();
            lookup = table;
        }
        int mask = table.length - 1;
        int slot = PartitionTable.hash(idMsb, idLsb, partition) & mask;
        while (table[slot] != 0 && !is(table[slot] - 1, idMsb, idLsb, partition)) {
            slot = (slot + 1) & mask;
        }
        return table[slot] - 1;
    }

    private boolean is(int row, long idMsb, long idLsb, int partition) {
        return partition(row) == partition && topicIdMsb(row) == idMsb && topicIdLsb(row) == idLsb;
    }

    private int[] buildLookup() {
        int[] table = new int[Integer.highestOneBit(Math.max(1, size)) * 4];
        int mask = table.length - 1;
        forEach(row -> {
            int slot = PartitionTable.hash(topicIdMsb(row), topicIdLsb(row), partition(row)) & mask;
            while (table[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            table[slot] = row + 1;
        });
        return table;
    }

    public long topicIdMsb(int row) {
        return rows.getLong(row, PartitionRow.ID_MSB);
    }

    public long topicIdLsb(int row) {
        return rows.getLong(row, PartitionRow.ID_LSB);
    }

    public int partition(int row) {
        return rows.getInt(row, PartitionRow.PARTITION);
    }

    public long logStartOffset(int row) {
        return rows.getLong(row, PartitionRow.LOG_START);
    }

    public long nextOffset(int row) {
        return rows.getLong(row, PartitionRow.NEXT_OFFSET);
    }

    public long sizeBytes(int row) {
        return rows.getLong(row, PartitionRow.SIZE_BYTES);
    }

    public int newestSegment(int row) {
        return rows.getInt(row, PartitionRow.NEWEST_SEGMENT);
    }

    public int newestActiveRow(int row) {
        return rows.getInt(row, PartitionRow.NEWEST_ACTIVE_ROW);
    }

    int producers(int row) {
        return rows.getInt(row, PartitionRow.PRODUCERS);
    }

    /** Visits all rows in row order. */
    public void forEach(IntConsumer visitor) {
        for (int row = 0; row < limit; row++) {
            if (rows.getInt(row, PartitionRow.PARTITION) != -1) {
                visitor.accept(row);
            }
        }
    }
}
