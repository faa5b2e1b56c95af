package io.braid.protocol.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class BatchHeaderTest {
    private static final int AT = 13; // not at the start of the buffer

    private static ByteBuffer batch(int valueBytes, long seed) {
        byte[] value = new byte[valueBytes];
        new Random(seed).nextBytes(value);
        ByteBuffer batch = MemoryRecords.withIdempotentRecords(
                        (byte) 2,
                        40L,
                        Compression.NONE,
                        7_000L,
                        (short) 3,
                        Integer.MAX_VALUE,
                        9,
                        new SimpleRecord(1_000L, null, value),
                        new SimpleRecord(3_000L, null, value),
                        new SimpleRecord(2_000L, null, value))
                .buffer();
        ByteBuffer shifted = ByteBuffer.allocateDirect(AT + batch.remaining() + 5);
        shifted.position(AT).put(batch).clear();
        return shifted;
    }

    private static MutableRecordBatch asKafkaReadsIt(ByteBuffer buffer) {
        ByteBuffer batch = buffer.slice(AT, BatchHeader.sizeInBytes(buffer, AT));
        return MemoryRecords.readableRecords(batch).batches().iterator().next();
    }

    @Test
    void fieldsAreThoseThatKafkaReads() {
        ByteBuffer buffer = batch(100, 1);
        MutableRecordBatch kafka = asKafkaReadsIt(buffer);

        assertThat(BatchHeader.baseOffset(buffer, AT)).isEqualTo(40).isEqualTo(kafka.baseOffset());
        assertThat(BatchHeader.lastOffset(buffer, AT)).isEqualTo(42).isEqualTo(kafka.lastOffset());
        assertThat(BatchHeader.lastOffsetDelta(buffer, AT)).isEqualTo(2);
        assertThat(BatchHeader.sizeInBytes(buffer, AT)).isEqualTo(buffer.capacity() - AT - 5);
        assertThat(BatchHeader.leaderEpoch(buffer, AT)).isEqualTo(9).isEqualTo(kafka.partitionLeaderEpoch());
        assertThat(BatchHeader.magic(buffer, AT)).isEqualTo(BatchHeader.MAGIC);
        assertThat(BatchHeader.crc(buffer, AT)).isEqualTo((int) kafka.checksum());
        assertThat(BatchHeader.compression(buffer, AT)).isZero();
        assertThat(BatchHeader.isControl(buffer, AT)).isFalse();
        assertThat(BatchHeader.isTransactional(buffer, AT)).isFalse();
        assertThat(BatchHeader.isLogAppendTime(buffer, AT)).isFalse();
        assertThat(BatchHeader.baseTimestamp(buffer, AT)).isEqualTo(1_000);
        assertThat(BatchHeader.maxTimestamp(buffer, AT)).isEqualTo(3_000).isEqualTo(kafka.maxTimestamp());
        assertThat(BatchHeader.producerId(buffer, AT)).isEqualTo(7_000);
        assertThat(BatchHeader.producerEpoch(buffer, AT)).isEqualTo((short) 3);
        assertThat(BatchHeader.baseSequence(buffer, AT)).isEqualTo(Integer.MAX_VALUE);
        assertThat(BatchHeader.lastSequence(buffer, AT)).isEqualTo(1).isEqualTo(kafka.lastSequence());
        assertThat(BatchHeader.count(buffer, AT)).isEqualTo(3);
    }

    @Test
    void crcCoversAllFromTheAttributesOn() {
        ByteBuffer buffer = batch(100, 2);
        int size = BatchHeader.sizeInBytes(buffer, AT);
        assertThat(BatchHeader.verifyCrc(buffer, AT, size)).isTrue();

        BatchHeader.setBaseOffset(buffer, AT, 123_456_789_012L);
        BatchHeader.setLeaderEpoch(buffer, AT, 77);
        assertThat(BatchHeader.verifyCrc(buffer, AT, size)).isTrue();
        assertThat(asKafkaReadsIt(buffer).baseOffset()).isEqualTo(123_456_789_012L);
        assertThat(asKafkaReadsIt(buffer).partitionLeaderEpoch()).isEqualTo(77);
        asKafkaReadsIt(buffer).ensureValid();

        for (int at = BatchHeader.CRC_COVERED_FROM; at < size; at += 7) {
            buffer.put(AT + at, (byte) (buffer.get(AT + at) ^ 1));
            assertThat(BatchHeader.verifyCrc(buffer, AT, size)).isFalse();
            buffer.put(AT + at, (byte) (buffer.get(AT + at) ^ 1));
        }
    }

    @Test
    void logAppendTimeLeavesWhatKafkaWouldLeave() {
        for (int valueBytes : new int[] {0, 1, 2, 3, 100, 1_000, 16_384, 300_000}) {
            ByteBuffer buffer = batch(valueBytes, valueBytes);
            ByteBuffer expected = batch(valueBytes, valueBytes);
            asKafkaReadsIt(expected).setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 1_700_000_000_123L);

            BatchHeader.setLogAppendTime(buffer, AT, 1_700_000_000_123L);

            assertThat(buffer).as("%d bytes", valueBytes).isEqualTo(expected);
            asKafkaReadsIt(buffer).ensureValid();
        }
    }

    @Test
    void logAppendTimeDoesNotMendAWrongCrc() {
        ByteBuffer buffer = batch(100, 3);
        int size = BatchHeader.sizeInBytes(buffer, AT);
        buffer.put(AT + size - 1, (byte) ~buffer.get(AT + size - 1));

        BatchHeader.setLogAppendTime(buffer, AT, 1L);

        assertThat(BatchHeader.verifyCrc(buffer, AT, size)).isFalse();
    }
}
