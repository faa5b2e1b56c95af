package io.braid.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.RecordHeader;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written is what Kafka's own code reads, and hashes are what it computes. */
class FormatTest {
    /** Batches are looked at here and never acknowledged: nobody is to watch that their memory comes back. */
    private final BufferPool pool = new BufferPool(new UnpooledByteBufAllocator(false, true), 10 << 20, 4096);

    private final Accumulator accumulator = new Accumulator(
            new AccumulatorSettings(64 << 10, 1 << 20, 0, false, 1_000_000_000, 5, 10, 100), pool, bound -> 0);

    private Batch only() {
        accumulator.identity(new ProducerIdentity(42, (short) 3));
        List<Batch> drained = accumulator.lanes().stream()
                .flatMap(lane -> accumulator.drain(lane, 10).stream())
                .toList();
        assertThat(drained).hasSize(1);
        return drained.get(0);
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void kafkasCodeReadsTheBatch(CompressionCodec codec) {
        accumulator.reroute(Tables.of("t", 0, 1));
        TopicState topic = accumulator.newTopic(Tables.of("t", 0, 1).topic("t").orElseThrow());
        Random random = new Random(5);
        long base = 1_700_000_000_000L;
        byte[][] values = new byte[100][];
        for (int i = 0; i < values.length; i++) {
            values[i] = i == 7 ? null : new byte[random.nextInt(300)];
            byte[] key = i % 3 == 0 ? null : ("key-" + i).getBytes(StandardCharsets.UTF_8);
            List<RecordHeader> headers = i % 5 == 0
                    ? List.of(new RecordHeader("ä", new byte[] {1, 2}), new RecordHeader("none", null))
                    : List.of();
            long timestamp = base + (i == 50 ? -1000 : i);
            accumulator.append(topic, 0, timestamp, key, values[i], headers, null, 1);
        }

        Batch batch = only();
        WireBatch wire = WireBatch.of(batch, codec);

        assertThat(wire.batch.producerId()).isEqualTo(42);
        assertThat(wire.batch.producerEpoch()).isEqualTo((short) 3);
        assertThat(wire.batch.baseSequence()).isZero();
        assertThat(wire.batch.compressionType().id).isEqualTo((byte) codec.id());
        assertThat(wire.batch.maxTimestamp()).isEqualTo(base + 99);
        assertThat(wire.records).hasSize(values.length);
        for (int i = 0; i < values.length; i++) {
            Record record = wire.records.get(i);
            assertThat(record.offset()).isEqualTo(i);
            assertThat(record.timestamp()).isEqualTo(base + (i == 50 ? -1000 : i));
            assertThat(bytes(record.value())).isEqualTo(values[i]);
            assertThat(bytes(record.key()))
                    .isEqualTo(i % 3 == 0 ? null : ("key-" + i).getBytes(StandardCharsets.UTF_8));
            Header[] headers = record.headers();
            assertThat(headers).hasSize(i % 5 == 0 ? 2 : 0);
            if (headers.length > 0) {
                assertThat(headers[0].key()).isEqualTo("ä");
                assertThat(headers[1].value()).isNull();
            }
        }
        accumulator.succeeded(batch, 0, -1, 20);
        accumulator.close();
        assertThat(pool.usedBytes()).isZero();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        return buffer == null ? null : Utils.toArray(buffer);
    }

    @Test
    void recordsOfManyPartitionsShareChunks() {
        int partitions = 1000;
        int[] leaders = new int[partitions];
        accumulator.reroute(Tables.of("t", 0, leaders));
        TopicState topic =
                accumulator.newTopic(Tables.of("t", 0, leaders).topic("t").orElseThrow());
        byte[] value = new byte[100];
        for (int p = 0; p < partitions; p++) {
            accumulator.append(topic, p, 1, null, value, List.of(), null, 1);
        }

        // 61 bytes of header, some of the record's own, and the heap of a batch: no buffer for each
        assertThat(accumulator.usedBytes()).isLessThan(partitions * (100L + 61 + 20 + Batch.HEAP_BYTES) + 8192);
        accumulator.identity(new ProducerIdentity(1, (short) 0));
        assertThat(accumulator.drain(accumulator.lanes().get(0), 10)).hasSize(partitions);
    }

    @Test
    void hashesAsKafkaDoes() {
        Random random = new Random(3);
        for (int length = 0; length < 100; length++) {
            byte[] key = new byte[length];
            random.nextBytes(key);
            assertThat(Murmur2.hash(key)).isEqualTo(Utils.murmur2(key));
        }
    }

    @Test
    void sequencesWrap() {
        assertThat(Sequences.next(Integer.MAX_VALUE, 1)).isZero();
        assertThat(Sequences.next(Integer.MAX_VALUE - 1, 5)).isEqualTo(3);
        assertThat(Sequences.before(Integer.MAX_VALUE - 1, 3)).isTrue();
        assertThat(Sequences.before(3, Integer.MAX_VALUE - 1)).isFalse();
        assertThat(Sequences.before(3, 3)).isFalse();
    }
}
