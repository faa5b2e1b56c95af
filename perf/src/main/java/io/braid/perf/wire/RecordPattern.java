package io.braid.perf.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Batches of one record each whose value tells partition and offset, made from a template by setting what differs; and the check of
 * such a batch. One thread.
 *
 * <p>A value: int32 partition, int64 offset, then bytes that follow from both.
 */
final class RecordPattern {
    private static final int BASE_OFFSET = 0;
    private static final int CRC = 17;
    private static final int CRC_FROM = 21;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final int MIN_VALUE_BYTES = 16;

    private final byte[] template;
    private final int valueAt;
    private final int valueBytes;
    private final CRC32C crc = new CRC32C();

    /** @param recordBytes of a value */
    RecordPattern(int recordBytes) {
        if (recordBytes < MIN_VALUE_BYTES) {
            throw new IllegalArgumentException("records must have at least " + MIN_VALUE_BYTES + " bytes");
        }
        byte[] value = new byte[recordBytes];
        ByteBuffer batch = MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(System.currentTimeMillis(), null, value))
                .buffer();
        template = new byte[batch.remaining()];
        batch.get(template);
        valueBytes = recordBytes;
        valueAt = template.length - 1 - recordBytes; // behind the value: the number of headers, 0
    }

    int batchBytes() {
        return template.length;
    }

    /**
     * Puts a batch at the buffer's position.
     *
     * @param producerId -1 for a batch without a producer
     * @param sequence of the record
     */
    void put(ByteBuffer target, int partition, long offset, long producerId, int sequence) {
        int start = target.position();
        target.put(template);
        target.putLong(start + PRODUCER_ID, producerId);
        target.putShort(start + PRODUCER_EPOCH, (short) (producerId < 0 ? -1 : 0));
        target.putInt(start + BASE_SEQUENCE, producerId < 0 ? -1 : sequence);
        target.putInt(start + valueAt, partition);
        target.putLong(start + valueAt + 4, offset);
        target.putInt(start + valueAt + 12, mix(partition, offset));
        target.putInt(start + CRC, crcOf(target, start));
    }

    /** Why the batch at an index is not the one that was put, or null when it is. */
    String problem(ByteBuffer records, int start, int partition, long offset) {
        if (records.limit() - start < template.length) {
            return "has " + (records.limit() - start) + " bytes instead of " + template.length;
        }
        if (records.getLong(start + BASE_OFFSET) != offset) {
            return "has offset " + records.getLong(start + BASE_OFFSET);
        }
        if (records.getInt(start + CRC) != crcOf(records, start)) {
            return "has a wrong CRC";
        }
        boolean same = records.getInt(start + valueAt) == partition
                && records.getLong(start + valueAt + 4) == offset
                && records.getInt(start + valueAt + 12) == mix(partition, offset);
        for (int i = MIN_VALUE_BYTES; same && i < valueBytes; i++) {
            same = records.get(start + valueAt + i) == 0;
        }
        return same ? null : "has another value";
    }

    private static int mix(int partition, long offset) {
        return (int) ((partition * 0x9E3779B97F4A7C15L + offset) >>> 17);
    }

    private int crcOf(ByteBuffer buffer, int start) {
        crc.reset();
        crc.update(buffer.duplicate().limit(start + template.length).position(start + CRC_FROM));
        return (int) crc.getValue();
    }
}
