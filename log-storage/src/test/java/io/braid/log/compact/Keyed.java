package io.braid.log.compact;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches of keyed records, and what they hold as text. */
public final class Keyed {
    private Keyed() {}

    /** A record; a null value is a tombstone. */
    public static SimpleRecord record(long timestampMs, String key, String value) {
        return new SimpleRecord(timestampMs, bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    public static ByteBuffer batch(Compression codec, long baseOffset, int leaderEpoch, SimpleRecord... records) {
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        baseOffset,
                        codec,
                        TimestampType.CREATE_TIME,
                        RecordBatch.NO_PRODUCER_ID,
                        RecordBatch.NO_PRODUCER_EPOCH,
                        RecordBatch.NO_SEQUENCE,
                        leaderEpoch,
                        false,
                        records)
                .buffer();
    }

    public static ByteBuffer idempotent(
            long baseOffset, long producerId, short epoch, int sequence, SimpleRecord... records) {
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        baseOffset,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        producerId,
                        epoch,
                        sequence,
                        0,
                        false,
                        records)
                .buffer();
    }

    public static RecordBatch read(ByteBuffer batch) {
        return MemoryRecords.readableRecords(batch.duplicate())
                .batches()
                .iterator()
                .next();
    }

    /** Records as {@code offset:key=value@timestamp}. */
    public static List<String> texts(ByteBuffer batch) {
        List<String> texts = new ArrayList<>();
        for (Record record : read(batch)) {
            texts.add(
                    record.offset() + ":" + text(record.key()) + "=" + text(record.value()) + "@" + record.timestamp());
        }
        return texts;
    }

    public static String text(ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
