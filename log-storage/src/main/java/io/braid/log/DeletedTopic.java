package io.braid.log;

import java.util.Arrays;

/** The rows of a topic before its deletion: what they hold, one field after the other. Owned by the shard thread. */
final class DeletedTopic {
    private final long idMsb;
    private final long idLsb;
    private long[] fields = new long[64];
    private int size;

    private DeletedTopic(long idMsb, long idLsb) {
        this.idMsb = idMsb;
        this.idLsb = idLsb;
    }

    static DeletedTopic of(LogTables tables, long idMsb, long idLsb) {
        DeletedTopic topic = new DeletedTopic(idMsb, idLsb);
        tables.partitions.forEachOfTopic(idMsb, idLsb, row -> topic.save(tables, row));
        return topic;
    }

    private void save(LogTables tables, int row) {
        add(tables.partitions.partition(row));
        add(tables.partitions.logStartOffset(row));
        add(tables.partitions.nextOffset(row));
        add(tables.partitions.sizeBytes(row));
        add(UndoLog.pack(tables.partitions.newestSegment(row), tables.partitions.newestActiveRow(row)));
        int count = size;
        add(0);
        tables.producers.forEach(row, producer -> {
            fields[count]++;
            add(tables.producers.producerId(producer));
            add(tables.producers.epoch(producer));
            add(UndoLog.pack(tables.producers.lastSequence(producer), tables.producers.lastOffsetDelta(producer)));
            add(tables.producers.lastOffset(producer));
            add(tables.producers.timestampMs(producer));
        });
    }

    private void add(long field) {
        if (size == fields.length) {
            fields = Arrays.copyOf(fields, size * 2);
        }
        fields[size++] = field;
    }

    void restore(LogTables tables) {
        for (int i = 0; i < size; ) {
            int row = tables.partitions.findOrAdd(idMsb, idLsb, (int) fields[i]);
            tables.partitions.setLogStartOffset(row, fields[i + 1]);
            tables.partitions.setNextOffset(row, fields[i + 2]);
            tables.partitions.addBytes(row, fields[i + 3] - tables.partitions.sizeBytes(row));
            tables.partitions.setNewest(row, (int) (fields[i + 4] >> 32), (int) fields[i + 4]);
            long producers = fields[i + 5];
            i += 6;
            for (; producers > 0; producers--, i += 5) {
                tables.producers.put(
                        row,
                        fields[i],
                        (short) fields[i + 1],
                        (int) (fields[i + 2] >> 32),
                        fields[i + 3],
                        (int) fields[i + 2],
                        fields[i + 4]);
            }
        }
    }
}
