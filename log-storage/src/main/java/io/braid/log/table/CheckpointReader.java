package io.braid.log.table;

import io.braid.log.rows.Attributes;
import io.braid.log.rows.RowCursor;
import io.braid.log.rows.RowFile;
import io.braid.log.rows.Section;
import java.io.IOException;
import java.nio.file.Path;

/** Loads one checkpoint; every inconsistency becomes an IOException with a reason. Owned by one thread; blocks. */
final class CheckpointReader {
    private final RowFile file;
    private final RowCursor cursor = new RowCursor();
    private final RowCursor producerCursor = new RowCursor();
    private final PartitionTable partitions = new PartitionTable();
    private final ProducerTable producers;
    private final EpochTable epochs = new EpochTable();

    private CheckpointReader(RowFile file, long producerMaxBytes, long producerSeed) {
        this.file = file;
        this.producers = new ProducerTable(partitions, producerMaxBytes, producerSeed);
    }

    static Checkpoint read(Path path, long producerMaxBytes, long producerSeed) throws IOException {
        try (RowFile file = RowFile.open(path, CheckpointFormat.MAGIC, CheckpointFormat.KNOWN, IOException::new)) {
            return new CheckpointReader(file, producerMaxBytes, producerSeed).read();
        }
    }

    private Checkpoint read() throws IOException {
        Checkpoint.Position at = readPosition();
        readEpochs();
        readPartitions(at.firstUnindexedSegment());
        return new Checkpoint(at, partitions, producers, epochs);
    }

    private Checkpoint.Position readPosition() throws IOException {
        Attributes tags = Attributes.read(file);
        Checkpoint.Position at = new Checkpoint.Position(
                tags.get(CheckpointFormat.TAG_LSN, -1),
                (int) tags.get(CheckpointFormat.TAG_FIRST_UNINDEXED_SEGMENT, -1),
                (int) tags.get(CheckpointFormat.TAG_SEGMENT, -1),
                tags.get(CheckpointFormat.TAG_POSITION, -1));
        if (at.lsn() < 0 || at.firstUnindexedSegment() < 0) {
            throw file.damaged("does not say what LSN it stands for");
        }
        return at;
    }

    private void readEpochs() throws IOException {
        Section section = file.requiredSection(CheckpointFormat.EPOCHS, CheckpointFormat.EPOCH_BYTES);
        for (int row = 0; row < section.rows(); row++) {
            cursor.seek(file, section, row);
            int epoch = cursor.getInt(CheckpointFormat.EPOCH);
            long startLsn = cursor.getLong(CheckpointFormat.EPOCH_START_LSN);
            if (epoch <= epochs.latestEpoch() || startLsn < 0 || startLsn < epochs.latestStartLsn()) {
                throw file.damaged("has leader epochs out of order");
            }
            epochs.start(epoch, startLsn);
        }
    }

    private void readPartitions(int firstUnindexedSegment) throws IOException {
        Section section = file.requiredSection(CheckpointFormat.PARTITIONS, CheckpointFormat.PARTITION_BYTES);
        Section ofProducers = file.requiredSection(CheckpointFormat.PRODUCERS, CheckpointFormat.PRODUCER_BYTES);
        long producersRead = 0;
        for (int i = 0; i < section.rows(); i++) {
            cursor.seek(file, section, i);
            int row = readPartition(firstUnindexedSegment);
            int count = cursor.getInt(CheckpointFormat.PRODUCER_COUNT);
            if (count < 0 || producersRead + count > ofProducers.rows()) {
                throw file.damaged("has a wrong number of producers");
            }
            for (int end = (int) producersRead + count; producersRead < end; producersRead++) {
                producerCursor.seek(file, ofProducers, producersRead);
                readProducer(row);
            }
        }
        if (producersRead != ofProducers.rows()) {
            throw file.damaged("has a wrong number of producers");
        }
    }

    private int readPartition(int firstUnindexedSegment) throws IOException {
        int partition = cursor.getInt(CheckpointFormat.PARTITION);
        int newestSegment = cursor.getInt(CheckpointFormat.NEWEST_SEGMENT);
        long idMsb = cursor.getLong(CheckpointFormat.ID_MSB);
        long idLsb = cursor.getLong(CheckpointFormat.ID_LSB);
        if (partition < 0
                || newestSegment < -1
                || newestSegment >= firstUnindexedSegment
                || partitions.find(idMsb, idLsb, partition) >= 0) {
            throw file.damaged("has a wrong partition");
        }
        int row = partitions.findOrAdd(idMsb, idLsb, partition);
        partitions.setNewest(row, newestSegment, -1);
        partitions.setLogStartOffset(row, cursor.getLong(CheckpointFormat.LOG_START));
        partitions.setNextOffset(row, cursor.getLong(CheckpointFormat.NEXT_OFFSET));
        partitions.addBytes(row, cursor.getLong(CheckpointFormat.SIZE_BYTES));
        return row;
    }

    private void readProducer(int partitionRow) {
        producers.put(
                partitionRow,
                producerCursor.getLong(CheckpointFormat.PRODUCER_ID),
                producerCursor.getShort(CheckpointFormat.PRODUCER_EPOCH),
                producerCursor.getInt(CheckpointFormat.LAST_SEQUENCE),
                producerCursor.getLong(CheckpointFormat.LAST_OFFSET),
                producerCursor.getInt(CheckpointFormat.LAST_OFFSET_DELTA),
                producerCursor.getLong(CheckpointFormat.TIMESTAMP));
    }
}
