package io.braid.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches as Kafka's own code writes them. */
class RecordReaderTest {
    private static final int EPOCH = 5;

    private static SimpleRecord record(String key, String value) {
        return new SimpleRecord(1_000, bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer batch(long offset, CompressionType codec, SimpleRecord... records) {
        return MemoryRecords.withRecords(offset, Compression.of(codec).build(), EPOCH, records)
                .buffer();
    }

    private static ByteBuffer plain(long offset, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = record(null, values[i]);
        }
        return batch(offset, CompressionType.NONE, records);
    }

    private static ByteBuffer transactional(long offset, long producer, int sequence, String value) {
        return MemoryRecords.withTransactionalRecords(
                        offset, Compression.NONE, producer, (short) 0, sequence, EPOCH, record(null, value))
                .buffer();
    }

    private static ByteBuffer marker(long offset, long producer, ControlRecordType type) {
        return MemoryRecords.withEndTransactionMarker(
                        offset, 1_000, EPOCH, producer, (short) 0, new EndTransactionMarker(type, 0))
                .buffer();
    }

    private static Chunk chunk(long from, List<AbortedTransaction> aborted, ByteBuffer... batches) {
        int size = 0;
        for (ByteBuffer batch : batches) {
            size += batch.remaining();
        }
        ByteBuffer all = ByteBuffer.allocateDirect(size); // as what comes from the network
        for (ByteBuffer batch : batches) {
            all.put(batch.duplicate());
        }
        all.flip();
        AssignedPartition partition = new AssignedPartition(new AssignedTopic("t"), 0);
        return new Chunk(partition, from, BatchWalk.end(all, from), all, aborted, new Frame(size, () -> {}));
    }

    private static List<String> values(Chunk chunk, boolean readCommitted) {
        RecordReader reader = new RecordReader(chunk, true, readCommitted);
        List<String> values = new ArrayList<>();
        while (reader.next()) {
            ConsumerRecord<String, String> record = reader.record(Deserializer.string(), Deserializer.string());
            values.add(record.offset() + "=" + record.value());
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void readsWhatKafkaWrites(CompressionType codec) {
        Random random = new Random(codec.id);
        SimpleRecord[] records = IntStream.range(0, 200)
                .mapToObj(i -> {
                    byte[] value = new byte[i == 100 ? 200_000 : random.nextInt(400)];
                    random.nextBytes(value);
                    Header[] headers = i % 3 == 0
                            ? new Header[] {new RecordHeader("h" + i, value), new RecordHeader("none", null)}
                            : new Header[0];
                    return new SimpleRecord(
                            5_000 + i, i % 5 == 0 ? null : bytes("key" + i), i % 7 == 0 ? null : value, headers);
                })
                .toArray(SimpleRecord[]::new);
        RecordReader reader =
                new RecordReader(chunk(100, List.of(), batch(100, codec, records), plain(300, "next")), true, false);

        for (int i = 0; i < records.length; i++) {
            assertThat(reader.next()).isTrue();
            ConsumerRecord<byte[], byte[]> read = reader.record(Deserializer.bytes(), Deserializer.bytes());
            assertThat(read.offset()).isEqualTo(100 + i);
            assertThat(read.timestampMs()).isEqualTo(5_000 + i);
            assertThat(read.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
            assertThat(read.leaderEpoch()).isEqualTo(EPOCH);
            assertThat(read.key()).isEqualTo(i % 5 == 0 ? null : bytes("key" + i));
            assertThat(read.value()).isEqualTo(i % 7 == 0 ? null : array(records[i].value()));
            assertThat(read.headers()).hasSize(i % 3 == 0 ? 2 : 0);
            if (i % 3 == 0) {
                assertThat(read.headers().get(0).key()).isEqualTo("h" + i);
                assertThat(read.headers().get(0).value()).isEqualTo(records[i].headers()[0].value());
                assertThat(read.headers().get(1).value()).isNull();
            }
        }
        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isFalse();
    }

    private static byte[] array(ByteBuffer buffer) {
        return buffer == null ? null : Bytes.copy(buffer);
    }

    @Test
    void whatLiesBeforeTheWantedOffsetIsPassedOver() {
        Chunk chunk = chunk(3, List.of(), plain(0, "a", "b"), plain(2, "c", "d", "e"));
        assertThat(values(chunk, false)).containsExactly("3=d", "4=e");
        assertThat(chunk.nextOffset).isEqualTo(5);
    }

    @Test
    void gapsThatCompactionLeftArePassedOver() {
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        try (MemoryRecordsBuilder builder = MemoryRecords.builder(
                buffer, BatchHeader.MAGIC, Compression.NONE, TimestampType.CREATE_TIME, 10L, 0L, EPOCH)) {
            builder.appendWithOffset(12, record(null, "twelve"));
            builder.appendWithOffset(15, record(null, "fifteen"));
        }
        ByteBuffer written = buffer.flip().slice();
        written.putInt(23, 9); // last offset delta: records up to 19 were taken out
        CrcFix.fix(written);
        Chunk chunk = chunk(11, List.of(), written);

        assertThat(values(chunk, false)).containsExactly("12=twelve", "15=fifteen");
        assertThat(chunk.nextOffset).isEqualTo(20);
    }

    /** Makes the CRC fit what was changed. */
    private static final class CrcFix {
        static void fix(ByteBuffer batch) {
            batch.putInt(17, BatchHeader.computeCrc(batch, 0, BatchHeader.sizeInBytes(batch, 0)));
        }
    }

    @Test
    void logAppendTimeIsThatOfTheBatch() {
        ByteBuffer batch = plain(0, "a").duplicate();
        BatchHeader.setLogAppendTime(batch, 0, 77);
        RecordReader reader = new RecordReader(chunk(0, List.of(), batch), true, false);
        assertThat(reader.next()).isTrue();
        ConsumerRecord<String, String> record = reader.record(Deserializer.string(), Deserializer.string());
        assertThat(record.timestampMs()).isEqualTo(77);
        assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
    }

    @Test
    void markersAndAbortedTransactionsAreNotRead() {
        ByteBuffer[] log = {
            transactional(0, 7, 0, "aborted"),
            transactional(1, 8, 0, "committed"),
            plain(2, "plain"),
            marker(3, 7, ControlRecordType.ABORT),
            marker(4, 8, ControlRecordType.COMMIT),
            transactional(5, 7, 1, "again"),
            marker(6, 7, ControlRecordType.COMMIT)
        };
        List<AbortedTransaction> aborted =
                List.of(new AbortedTransaction().setProducerId(7).setFirstOffset(0));

        assertThat(values(chunk(0, aborted, log), true)).containsExactly("1=committed", "2=plain", "5=again");
        assertThat(values(chunk(0, List.of(), log), false))
                .containsExactly("0=aborted", "1=committed", "2=plain", "5=again");
        assertThat(chunk(0, aborted, log).nextOffset).isEqualTo(7);
    }

    @Test
    void aDamagedBatchIsToldWithItsPlace() {
        ByteBuffer damaged = plain(10, "a", "b");
        damaged.put(damaged.limit() - 2, (byte) 'x');
        RecordReader reader = new RecordReader(chunk(0, List.of(), plain(9, "fine"), damaged), true, false);

        assertThat(reader.next()).isTrue();
        assertThatThrownBy(reader::next).isInstanceOfSatisfying(UnreadableRecordException.class, e -> {
            assertThat(e.offset()).isEqualTo(10);
            assertThat(e.nextOffset()).isEqualTo(12);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void damageThatTheCrcDoesNotShowEndsInTheSameException(CompressionType codec) {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            ByteBuffer batch = batch(10, codec, record("key", "value-a"), record("key", "value-b"));
            int at = BatchHeader.SIZE + random.nextInt(batch.limit() - BatchHeader.SIZE);
            batch.put(at, (byte) random.nextInt(256));
            CrcFix.fix(batch);
            RecordReader reader = new RecordReader(chunk(10, List.of(), batch), true, false);
            try {
                while (reader.next()) {
                    reader.record(Deserializer.bytes(), Deserializer.bytes());
                }
            } catch (UnreadableRecordException e) {
                assertThat(e.nextOffset()).isGreaterThan(e.offset()).isLessThanOrEqualTo(12);
            }
        }
    }

    @Test
    void aBatchThatWasCutOffIsLeftOut() {
        ByteBuffer second = plain(2, "c", "d");
        ByteBuffer cut = second.duplicate().limit(second.limit() - 1).slice();
        ByteBuffer all = ByteBuffer.allocate(1024).put(plain(0, "a", "b")).put(cut);
        all.flip();
        assertThat(BatchWalk.end(all, 0))
                .isEqualTo(new BatchWalk.End(plain(0, "a", "b").remaining(), 2, EPOCH));
        assertThat(BatchWalk.end(cut, 2).bytes()).isZero();
    }
}
