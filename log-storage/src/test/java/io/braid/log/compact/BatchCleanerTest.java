package io.braid.log.compact;

import static io.braid.log.compact.Keyed.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchCleanerTest {
    private static final long NOW = 1_000_000;
    private static final long DELETE_RETENTION = 500;

    private final OffsetMap latest = new OffsetMap(1 << 16, 0.9, new byte[16]);

    private void newer(String key, long offset) {
        latest.put(ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)), offset);
    }

    private BatchCleaner cleaner(long mappedTo, long nowMs) {
        return new BatchCleaner(latest, mappedTo, nowMs, DELETE_RETENTION, BufferSupplier.NO_CACHING);
    }

    private Optional<ByteBuffer> clean(ByteBuffer batch, boolean keepHeader) {
        return cleaner(Long.MAX_VALUE, NOW).clean(batch, keepHeader);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void keepsTheLastOfEachKeyInTheBatchsOwnCodec(CompressionType type) {
        ByteBuffer batch = Keyed.batch(
                Compression.of(type).build(),
                100,
                7,
                record(10, "a", "1".repeat(500)),
                record(20, "b", "2".repeat(500)),
                record(15, "c", "3".repeat(500)),
                record(12, "d", "4".repeat(500)));
        newer("a", 104);
        newer("b", 101);
        newer("c", 102);
        newer("d", 200);
        ByteBuffer left = clean(batch, false).orElseThrow();
        assertThat(Keyed.texts(left))
                .containsExactly("101:b=" + "2".repeat(500) + "@20", "102:c=" + "3".repeat(500) + "@15");
        RecordBatch read = Keyed.read(left);
        read.ensureValid();
        assertThat(read.compressionType()).isEqualTo(type);
        assertThat(read.baseOffset()).isEqualTo(100);
        assertThat(read.lastOffset()).isEqualTo(103);
        assertThat(read.partitionLeaderEpoch()).isEqualTo(7);
        assertThat(read.maxTimestamp()).isEqualTo(20);
        assertThat(left.remaining()).isEqualTo(read.sizeInBytes());
    }

    @Test
    void leavesABatchOfSurvivorsAsItIs() {
        ByteBuffer batch = Keyed.batch(Compression.gzip().build(), 5, 0, record(1, "a", "x"), record(2, "b", "y"));
        newer("a", 5);
        newer("b", 6);
        assertThat(clean(batch, false)).contains(batch);
    }

    @Test
    void dropsABatchWithoutSurvivorsUnlessItsHeaderMustStay() {
        ByteBuffer batch = Keyed.idempotent(30, 77, (short) 3, 40, record(1, "a", "x"), record(2, "b", "y"));
        newer("a", 99);
        newer("b", 99);
        assertThat(clean(batch, false)).isEmpty();
        ByteBuffer header = clean(batch, true).orElseThrow();
        assertThat(header.remaining()).isEqualTo(BatchHeader.SIZE);
        assertThat(BatchHeader.baseOffset(header, 0)).isEqualTo(30);
        assertThat(BatchHeader.lastOffset(header, 0)).isEqualTo(31);
        assertThat(BatchHeader.producerId(header, 0)).isEqualTo(77);
        assertThat(BatchHeader.producerEpoch(header, 0)).isEqualTo((short) 3);
        assertThat(BatchHeader.baseSequence(header, 0)).isEqualTo(40);
        assertThat(BatchHeader.lastSequence(header, 0)).isEqualTo(41);
        assertThat(BatchHeader.maxTimestamp(header, 0)).isEqualTo(2);
        assertThat(BatchHeader.count(header, 0)).isZero();
        assertThat(BatchHeader.verifyCrc(header, 0, BatchHeader.SIZE)).isTrue();
    }

    @Test
    void keepsOrDropsTheHeaderOfABatchEmptiedBefore() {
        ByteBuffer batch = Keyed.idempotent(30, 77, (short) 3, 40, record(1, "a", "x"));
        newer("a", 99);
        ByteBuffer header = copy(clean(batch, true).orElseThrow());
        assertThat(clean(header, true)).contains(header);
        assertThat(clean(header, false)).isEmpty();
    }

    @Test
    void keepsSequencesWhenABatchShrinks() {
        ByteBuffer batch = Keyed.idempotent(30, 77, (short) 3, 40, record(1, "a", "x"), record(2, "b", "y"));
        newer("a", 30);
        newer("b", 99);
        ByteBuffer left = clean(batch, false).orElseThrow();
        assertThat(Keyed.texts(left)).containsExactly("30:a=x@1");
        assertThat(BatchHeader.baseSequence(left, 0)).isEqualTo(40);
        assertThat(BatchHeader.lastSequence(left, 0)).isEqualTo(41);
    }

    @Test
    void aTombstoneGetsAHorizonFirstAndGoesAfterIt() {
        ByteBuffer batch = Keyed.batch(Compression.NONE, 10, 0, record(100, "a", null), record(200, "b", "v"));
        newer("a", 10);
        newer("b", 11);
        ByteBuffer marked = copy(clean(batch, false).orElseThrow());
        assertThat(Keyed.read(marked).deleteHorizonMs()).hasValue(NOW + DELETE_RETENTION);
        assertThat(Keyed.texts(marked)).containsExactly("10:a=null@100", "11:b=v@200");

        ByteBuffer later = cleaner(Long.MAX_VALUE, NOW + DELETE_RETENTION - 1)
                .clean(marked, false)
                .orElseThrow();
        assertThat(later).isEqualTo(marked);

        ByteBuffer after = cleaner(Long.MAX_VALUE, NOW + DELETE_RETENTION)
                .clean(marked, false)
                .orElseThrow();
        assertThat(Keyed.texts(after)).containsExactly("11:b=v@200");
    }

    @Test
    void recordsBeyondTheMapStayAndThoseWithoutKeyGo() {
        ByteBuffer batch = Keyed.batch(
                Compression.NONE,
                0,
                0,
                new SimpleRecord(1, null, "no key".getBytes(StandardCharsets.UTF_8)),
                record(1, "a", "1"),
                record(1, "a", "2"),
                new SimpleRecord(1, null, "no key".getBytes(StandardCharsets.UTF_8)));
        newer("a", 50);
        ByteBuffer left = cleaner(1, NOW).clean(batch, false).orElseThrow();
        assertThat(Keyed.texts(left)).containsExactly("2:a=2@1", "3:null=no key@1");
    }

    @Test
    void keepsTheBrokersTimeOfABatch() {
        ByteBuffer batch = Keyed.batch(Compression.NONE, 0, 0, record(1, "a", "1"), record(2, "b", "2"));
        BatchHeader.setLogAppendTime(batch, 0, 4711);
        newer("a", 50);
        newer("b", 1);
        ByteBuffer left = clean(batch, false).orElseThrow();
        assertThat(BatchHeader.isLogAppendTime(left, 0)).isTrue();
        assertThat(Keyed.texts(left)).containsExactly("1:b=2@4711");
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
