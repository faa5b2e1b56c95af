package io.braid.broker.shard;

import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches to append. */
final class TestBatches {
    static final Uuid TOPIC = new Uuid(1, 2);
    static final long PRODUCER = 7;

    private TestBatches() {}

    /** A batch of a producer that is not idempotent. */
    static PartitionAppend plain(int partition, int records, int minInSync) {
        return new PartitionAppend(TOPIC, partition, batch(-1, (short) -1, -1, records), minInSync, -1);
    }

    static PartitionAppend sequenced(int partition, int sequence, int records, int minInSync) {
        return new PartitionAppend(TOPIC, partition, batch(PRODUCER, (short) 0, sequence, records), minInSync, -1);
    }

    static ByteBuffer batch(long producer, short epoch, int sequence, int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(1_700_000_000_000L, null, new byte[] {1, 2, 3});
        }
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producer, epoch, sequence, records)
                .buffer();
    }
}
