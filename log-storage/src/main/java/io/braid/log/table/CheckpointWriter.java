package io.braid.log.table;

import io.braid.log.rows.Attributes;
import io.braid.log.rows.RowFileWriter;
import io.braid.log.rows.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Writes one checkpoint. Owned by one thread; blocks. */
final class CheckpointWriter {
    private final Checkpoint.Snapshot snapshot;
    private final PartitionSnapshot partitions;
    private final ProducerSnapshot producers;
    private final IntUnaryOperator newestBelow;
    /** Rows of the partitions in the order of the file. */
    private final int[] rows;

    private final int[] producerCounts;

    CheckpointWriter(Checkpoint.Snapshot snapshot, IntUnaryOperator newestBelow) {
        this.snapshot = snapshot;
        this.partitions = snapshot.partitions();
        this.producers = snapshot.producers();
        this.newestBelow = newestBelow;
        this.rows = new int[partitions.size()];
        this.producerCounts = new int[rows.length];
        int[] size = {0};
        partitions.forEach(row -> {
            int i = size[0]++;
            rows[i] = row;
            producers.forEach(partitions, row, producer -> producerCounts[i]++);
        });
    }

    long write(Path file) throws IOException {
        Attributes attributes = attributes();
        List<Section> sections = List.of(
                attributes.section(),
                Section.of(
                        CheckpointFormat.EPOCHS,
                        CheckpointFormat.EPOCH_BYTES,
                        snapshot.epochs().size()),
                Section.of(CheckpointFormat.PARTITIONS, CheckpointFormat.PARTITION_BYTES, rows.length),
                Section.of(CheckpointFormat.PRODUCERS, CheckpointFormat.PRODUCER_BYTES, producers.size()));
        try (RowFileWriter writer =
                new RowFileWriter(file, CheckpointFormat.MAGIC, snapshot.at().lsn(), sections)) {
            attributes.write(writer);
            writeEpochs(writer);
            for (int i = 0; i < rows.length; i++) {
                writePartition(writer, i);
            }
            for (int row : rows) {
                writeProducers(writer, row);
            }
            return writer.commit();
        }
    }

    private Attributes attributes() {
        Checkpoint.Position at = snapshot.at();
        return new Attributes(Map.of(
                CheckpointFormat.TAG_LSN,
                at.lsn(),
                CheckpointFormat.TAG_FIRST_UNINDEXED_SEGMENT,
                (long) at.firstUnindexedSegment(),
                CheckpointFormat.TAG_SEGMENT,
                (long) at.segment(),
                CheckpointFormat.TAG_POSITION,
                at.position()));
    }

    private void writeEpochs(RowFileWriter writer) throws IOException {
        EpochTable epochs = snapshot.epochs();
        for (int i = 0; i < epochs.size(); i++) {
            writer.row().putInt(epochs.epoch(i)).putInt(0).putLong(epochs.startLsn(i));
        }
    }

    private void writePartition(RowFileWriter writer, int i) throws IOException {
        int row = rows[i];
        writer.row()
                .putLong(partitions.topicIdMsb(row))
                .putLong(partitions.topicIdLsb(row))
                .putInt(partitions.partition(row))
                .putInt(newestSegment(row))
                .putLong(partitions.logStartOffset(row))
                .putLong(partitions.nextOffset(row))
                .putLong(partitions.sizeBytes(row))
                .putInt(producerCounts[i])
                .putInt(0);
    }

    private int newestSegment(int row) {
        int newest = partitions.newestSegment(row);
        return newest < snapshot.at().firstUnindexedSegment() ? newest : newestBelow.applyAsInt(row);
    }

    private void writeProducers(RowFileWriter writer, int partitionRow) throws IOException {
        ProducerRows visitor = new ProducerRows(writer);
        producers.forEach(partitions, partitionRow, visitor::write);
        if (visitor.failure != null) {
            throw visitor.failure;
        }
    }

    /** Carries an IOException out of a visit. */
    private final class ProducerRows {
        private final RowFileWriter writer;
        private IOException failure;

        ProducerRows(RowFileWriter writer) {
            this.writer = writer;
        }

        void write(int row) {
            if (failure != null) {
                return;
            }
            try {
                writer.row()
                        .putLong(producers.producerId(row))
                        .putLong(producers.lastOffset(row))
                        .putLong(producers.timestampMs(row))
                        .putInt(producers.lastSequence(row))
                        .putInt(producers.lastOffsetDelta(row))
                        .putShort(producers.epoch(row));
            } catch (IOException e) {
                failure = e;
            }
        }
    }
}
