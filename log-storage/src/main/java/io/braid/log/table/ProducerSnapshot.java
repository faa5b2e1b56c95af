package io.braid.log.table;

import io.braid.log.rows.RowView;
import java.util.function.IntConsumer;

/**
 * The rows of a {@link ProducerTable} as they were; belongs to the {@link PartitionSnapshot} taken with it.
 * Immutable, any
 * thread.
 */
public final class ProducerSnapshot {
    private final RowView rows;
    private final int size;

    ProducerSnapshot(RowView rows, int size) {
        this.rows = rows;
        this.size = size;
    }

    /** Number of producers, of all partitions. */
    public int size() {
        return size;
    }

    /** Visits the producers of a partition by ascending id. */
    public void forEach(PartitionSnapshot partitions, int partitionRow, IntConsumer visitor) {
        ProducerRow.forEach(rows, partitions.producers(partitionRow), visitor);
    }

    public long producerId(int row) {
        return rows.getLong(row, ProducerRow.PRODUCER_ID);
    }

    public short epoch(int row) {
        return rows.getShort(row, ProducerRow.EPOCH);
    }

    public int lastSequence(int row) {
        return rows.getInt(row, ProducerRow.LAST_SEQUENCE);
    }

    public long lastOffset(int row) {
        return rows.getLong(row, ProducerRow.LAST_OFFSET);
    }

    public int lastOffsetDelta(int row) {
        return rows.getInt(row, ProducerRow.LAST_OFFSET_DELTA);
    }

    public long timestampMs(int row) {
        return rows.getLong(row, ProducerRow.TIMESTAMP);
    }
}
