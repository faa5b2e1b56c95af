package io.braid.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchCheckTest {
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final BatchRules RULES = new BatchRules(1 << 20, false, Long.MAX_VALUE, 3_600_000, false, null);

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void acceptsASoundBatchOfEveryCodecUntouched(CompressionType codec) {
        ByteBuffer batch = batch(codec, 10);
        byte[] before = bytes(batch);

        CheckedBatch checked = BatchCheck.check(batch, RULES, NOW_MS);

        assertThat(checked.error()).isEqualTo(Errors.NONE);
        assertThat(bytes(checked.batch())).isEqualTo(before);
    }

    @Test
    void refusesWhatIsNotOneWholeBatch() {
        ByteBuffer one = batch(CompressionType.NONE, 3);
        ByteBuffer two = ByteBuffer.allocate(one.remaining() * 2);
        two.put(one.duplicate()).put(one.duplicate()).flip();

        assertThat(error(null)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(ByteBuffer.allocate(0))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(one.duplicate().limit(10))).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(one.duplicate().limit(one.limit() - 1))).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(two)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void refusesLiesInTheHeader() {
        assertThat(error(changed(b -> b.put(16, (byte) 1)))).isEqualTo(Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT);
        assertThat(error(changed(b -> b.put(16, (byte) 9)))).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(changed(b -> b.putInt(8, -5)))).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(changed(b -> b.putInt(8, 20)))).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(changed(b -> b.putInt(8, 5000)))).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(error(resealed(b -> b.putInt(57, 5)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(b -> b.putInt(57, -3)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(b -> b.putInt(23, 100)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(b -> b.putShort(21, (short) 7)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(b -> b.putShort(21, (short) 0x20)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(b -> b.putShort(21, (short) 0x10)))).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(error(resealed(b -> b.putLong(43, 5)))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void refusesAWrongCrc() {
        assertThat(error(changed(b -> b.put(70, (byte) (b.get(70) ^ 1))))).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void refusesRecordsWhoseLengthsLie() {
        assertThat(error(resealed(b -> b.put(61, (byte) 0x7e)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(resealed(b -> b.put(61, (byte) 1)))).isEqualTo(Errors.INVALID_RECORD);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void refusesGarbageInPlaceOfCompressedData(CompressionType codec) {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            ByteBuffer batch = batch(codec, 10);
            for (int i = BatchHeader.SIZE; i < batch.limit(); i++) {
                batch.put(i, (byte) random.nextInt());
            }
            seal(batch);

            assertThat(error(batch)).isEqualTo(Errors.INVALID_RECORD);
        }
    }

    @Test
    void refusesABatchThatUnpacksToMoreThanAnyConsumerShouldHold() {
        byte[] zeros = new byte[8 << 20];
        List<SimpleRecord> records = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            records.add(new SimpleRecord(NOW_MS, null, zeros));
        }
        ByteBuffer bomb = MemoryRecords.withRecords(Compression.zstd().build(), records.toArray(SimpleRecord[]::new))
                .buffer();

        assertThat(error(bomb)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void refusesWhatIsLargerThanTheTopicAllows() {
        BatchRules small = new BatchRules(100, false, Long.MAX_VALUE, Long.MAX_VALUE, false, null);

        assertThat(BatchCheck.check(batch(CompressionType.NONE, 10), small, NOW_MS)
                        .error())
                .isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void refusesTimestampsOutsideOfTheTopicsLimits() {
        BatchRules rules = new BatchRules(1 << 20, false, 60_000, 60_000, false, null);

        assertThat(BatchCheck.check(at(NOW_MS + 60_001), rules, NOW_MS).error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(BatchCheck.check(at(NOW_MS - 60_001), rules, NOW_MS).error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(BatchCheck.check(at(NOW_MS - 60_000), rules, NOW_MS).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void refusesRecordsWithoutAKeyOnACompactedTopic() {
        BatchRules compacted = new BatchRules(1 << 20, false, Long.MAX_VALUE, Long.MAX_VALUE, true, null);
        ByteBuffer keyless = MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(NOW_MS, null, "v".getBytes(StandardCharsets.UTF_8)))
                .buffer();

        assertThat(BatchCheck.check(keyless, compacted, NOW_MS).error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(BatchCheck.check(batch(CompressionType.LZ4, 3), compacted, NOW_MS)
                        .error())
                .isEqualTo(Errors.NONE);
    }

    @Test
    void stampsTheBrokersTimeAndKeepsTheCrcRight() {
        BatchRules stamped = new BatchRules(1 << 20, true, Long.MAX_VALUE, Long.MAX_VALUE, false, null);

        CheckedBatch checked = BatchCheck.check(batch(CompressionType.NONE, 3), stamped, NOW_MS + 5);

        assertThat(checked.logAppendTimeMs()).isEqualTo(NOW_MS + 5);
        var stored =
                MemoryRecords.readableRecords(checked.batch()).batchIterator().next();
        stored.ensureValid();
        assertThat(stored.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(stored.maxTimestamp()).isEqualTo(NOW_MS + 5);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void reencodesIntoTheTopicsCodecWithTheProducersIdentity(CompressionType codec) {
        ByteBuffer sent = MemoryRecords.withIdempotentRecords(
                        Compression.gzip().build(),
                        77L,
                        (short) 3,
                        21,
                        records(5).toArray(SimpleRecord[]::new))
                .buffer();
        BatchRules rules = new BatchRules(1 << 20, false, Long.MAX_VALUE, Long.MAX_VALUE, false, codec);

        CheckedBatch checked = BatchCheck.check(sent, rules, NOW_MS);

        assertThat(checked.error()).isEqualTo(Errors.NONE);
        var stored =
                MemoryRecords.readableRecords(checked.batch()).batchIterator().next();
        stored.ensureValid();
        assertThat(stored.compressionType()).isEqualTo(codec);
        assertThat(stored.producerId()).isEqualTo(77);
        assertThat(stored.producerEpoch()).isEqualTo((short) 3);
        assertThat(stored.baseSequence()).isEqualTo(21);
        List<String> values = new ArrayList<>();
        for (Record r : stored) {
            values.add(StandardCharsets.UTF_8.decode(r.value()).toString());
        }
        assertThat(values).containsExactly("value-0", "value-1", "value-2", "value-3", "value-4");
    }

    /** No bytes that a client may send make the check throw. */
    @Test
    void survivesRandomlyMutatedBatches() {
        Random random = new Random(42);
        for (int round = 0; round < 5000; round++) {
            CompressionType codec = CompressionType.forId(random.nextInt(5));
            ByteBuffer batch = batch(codec, 1 + random.nextInt(5));
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                batch.put(random.nextInt(batch.limit()), (byte) random.nextInt());
            }
            if (random.nextBoolean()) {
                seal(batch);
            }
            batch.limit(random.nextInt(4) == 0 ? random.nextInt(batch.limit()) : batch.limit());

            assertThat(BatchCheck.check(batch, RULES, NOW_MS)).isNotNull();
        }
    }

    // ---- helpers

    private static Errors error(ByteBuffer records) {
        return BatchCheck.check(records, RULES, NOW_MS).error();
    }

    private static List<SimpleRecord> records(int count) {
        List<SimpleRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new SimpleRecord(
                    NOW_MS,
                    ("key-" + i).getBytes(StandardCharsets.UTF_8),
                    ("value-" + i).getBytes(StandardCharsets.UTF_8)));
        }
        return records;
    }

    private static ByteBuffer batch(CompressionType codec, int count) {
        return MemoryRecords.withRecords(
                        Compression.of(codec).build(), records(count).toArray(SimpleRecord[]::new))
                .buffer();
    }

    private static ByteBuffer at(long timestampMs) {
        return MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(timestampMs, new byte[] {1}, new byte[] {2}))
                .buffer();
    }

    private static ByteBuffer changed(Consumer<ByteBuffer> change) {
        ByteBuffer batch = batch(CompressionType.NONE, 1);
        change.accept(batch);
        return batch;
    }

    private static ByteBuffer resealed(Consumer<ByteBuffer> change) {
        ByteBuffer batch = changed(change);
        seal(batch);
        return batch;
    }

    private static void seal(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(21));
        batch.putInt(17, (int) crc.getValue());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
