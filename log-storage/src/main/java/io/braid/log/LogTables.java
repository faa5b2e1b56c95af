package io.braid.log;

import io.braid.log.index.ActiveIndex;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;

/**
 * What the entries of a log add up to: partitions, producers, epochs. An entry is applied in the same way after its append and
 * at recovery. Owned by the shard thread.
 */
final class LogTables {
    final PartitionTable partitions;
    final ProducerTable producers;
    final EpochTable epochs;

    LogTables(PartitionTable partitions, ProducerTable producers, EpochTable epochs) {
        this.partitions = partitions;
        this.producers = producers;
        this.epochs = epochs;
    }

    static LogTables empty(long producerMaxBytes, long producerSeed) {
        PartitionTable partitions = new PartitionTable();
        return new LogTables(
                partitions, new ProducerTable(partitions, producerMaxBytes, producerSeed), new EpochTable());
    }

    /** Notes the leader epoch of an entry. */
    void onEpoch(int leaderEpoch, long lsn) {
        if (leaderEpoch > epochs.latestEpoch()) {
            epochs.start(leaderEpoch, lsn);
        }
    }

    /** Applies a batch that lies at index {@code at} of the buffer, without indexing it. */
    void onBatch(int row, ByteBuffer buffer, int at) {
        int size = BatchHeader.sizeInBytes(buffer, at);
        long lastOffset = BatchHeader.lastOffset(buffer, at);
        partitions.setNextOffset(row, lastOffset + 1);
        partitions.addBytes(row, size);
        long producerId = BatchHeader.producerId(buffer, at);
        if (producerId >= 0) {
            producers.put(
                    row,
                    producerId,
                    BatchHeader.producerEpoch(buffer, at),
                    BatchHeader.lastSequence(buffer, at),
                    lastOffset,
                    BatchHeader.lastOffsetDelta(buffer, at),
                    BatchHeader.maxTimestamp(buffer, at));
        }
    }

    /** Indexes a batch. {@code position} is that of its first byte in the segment. */
    void index(ActiveIndex rows, int row, ByteBuffer buffer, int at, long position) {
        rows.add(
                partitions,
                row,
                BatchHeader.baseOffset(buffer, at),
                BatchHeader.lastOffsetDelta(buffer, at),
                position,
                BatchHeader.sizeInBytes(buffer, at),
                BatchHeader.leaderEpoch(buffer, at),
                BatchHeader.maxTimestamp(buffer, at));
    }

    /**
     * Moves a log start. The bytes left are estimated from the share of offsets left, exact when nothing is left: the exact
     * figure would need a read of the index.
     */
    void onLogStart(long idMsb, long idLsb, int partition, long newLogStart) {
        int row = partitions.findOrAdd(idMsb, idLsb, partition);
        long old = partitions.logStartOffset(row);
        if (newLogStart <= old) {
            return;
        }
        partitions.setLogStartOffset(row, newLogStart);
        long next = partitions.nextOffset(row);
        if (next < newLogStart) {
            partitions.setNextOffset(row, newLogStart);
        }
        long bytes = partitions.sizeBytes(row);
        long left = next <= newLogStart ? 0 : (long) (bytes * ((double) (next - newLogStart) / (next - old)));
        partitions.addBytes(row, left - bytes);
    }

    void onTopicDeleted(long idMsb, long idLsb) {
        partitions.removeTopic(idMsb, idLsb, producers::removePartition);
    }
}
