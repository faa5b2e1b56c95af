package io.braid.simulation;

import io.braid.log.EntryType;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import io.braid.protocol.records.BatchHeader;

/** The shipped tables of a log, and how an entry changes them. */
final class Tables {
    private static final long PRODUCER_BYTES = 1 << 20;

    final PartitionTable partitions = new PartitionTable();
    final ProducerTable producers = new ProducerTable(partitions, PRODUCER_BYTES, 42);
    EpochTable epochs = new EpochTable();

    void apply(LogEntry entry) {
        if (entry.leaderEpoch() > epochs.latestEpoch()) {
            epochs.start(entry.leaderEpoch(), entry.lsn());
        }
        if (entry.isBatch()) {
            applyBatch(entry);
        } else if (entry.type() == EntryType.LOG_START) {
            int row = partitions.findOrAdd(entry.idMsb(), entry.idLsb(), entry.partition());
            if (entry.offset() > partitions.logStartOffset(row)) {
                partitions.setLogStartOffset(row, entry.offset());
            }
        }
    }

    private void applyBatch(LogEntry entry) {
        int row = partitions.findOrAdd(entry.idMsb(), entry.idLsb(), entry.partition());
        partitions.setNextOffset(row, entry.lastOffset() + 1);
        if (BatchHeader.producerId(entry.payload(), 0) >= 0) {
            producers.put(
                    row,
                    BatchHeader.producerId(entry.payload(), 0),
                    BatchHeader.producerEpoch(entry.payload(), 0),
                    BatchHeader.lastSequence(entry.payload(), 0),
                    entry.lastOffset(),
                    BatchHeader.lastOffsetDelta(entry.payload(), 0),
                    BatchHeader.maxTimestamp(entry.payload(), 0));
        }
    }

    /** Tables of their own with the same contents, as a checkpoint holds them. */
    Tables copy() {
        Tables copy = new Tables();
        partitions.forEach(row -> {
            int to = copy.partitions.findOrAdd(
                    partitions.topicIdMsb(row), partitions.topicIdLsb(row), partitions.partition(row));
            copy.partitions.setLogStartOffset(to, partitions.logStartOffset(row));
            copy.partitions.setNextOffset(to, partitions.nextOffset(row));
            producers.forEach(
                    row,
                    p -> copy.producers.put(
                            to,
                            producers.producerId(p),
                            producers.epoch(p),
                            producers.lastSequence(p),
                            producers.lastOffset(p),
                            producers.lastOffsetDelta(p),
                            producers.timestampMs(p)));
        });
        copy.epochs = epochs.copy();
        return copy;
    }
}
