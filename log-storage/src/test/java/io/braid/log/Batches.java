package io.braid.log;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Makes record batches as a leader appends them: real ones, with base offset and leader epoch set. */
final class Batches {
    private Batches() {}

    static ByteBuffer of(long baseOffset, int leaderEpoch, SimpleRecord... records) {
        return set(MemoryRecords.withRecords(Compression.NONE, records).buffer(), baseOffset, leaderEpoch);
    }

    static ByteBuffer idempotent(
            long baseOffset, int leaderEpoch, long producerId, short epoch, int sequence, SimpleRecord... records) {
        return set(
                MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, epoch, sequence, records)
                        .buffer(),
                baseOffset,
                leaderEpoch);
    }

    /** A batch of {@code records} records whose values have {@code valueBytes} bytes each, filled from {@code seed}. */
    static ByteBuffer filled(long baseOffset, int leaderEpoch, int records, int valueBytes, long seed) {
        SimpleRecord[] filled = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            byte[] value = new byte[valueBytes];
            new Random(seed + i).nextBytes(value);
            filled[i] = new SimpleRecord(1000 + baseOffset + i, null, value);
        }
        return of(baseOffset, leaderEpoch, filled);
    }

    static SimpleRecord record(long timestampMs, String value) {
        return new SimpleRecord(timestampMs, null, value.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer set(ByteBuffer batch, long baseOffset, int leaderEpoch) {
        BatchHeader.setBaseOffset(batch, batch.position(), baseOffset);
        BatchHeader.setLeaderEpoch(batch, batch.position(), leaderEpoch);
        return batch;
    }
}
