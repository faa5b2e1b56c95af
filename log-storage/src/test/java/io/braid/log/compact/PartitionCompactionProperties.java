package io.braid.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** Rounds of appends and passes with maps of any size, against what a reader of everything would know of each key. */
class PartitionCompactionProperties {
    private static final long DELETE_RETENTION = 100;

    private Random random;
    /** Batches in order; those below {@link #dirtyOffset} went through a pass. */
    private List<ByteBuffer> batches;

    private long dirtyOffset;
    private long nextOffset;
    private long logStart;
    private long nowMs;
    private int epoch;
    /** Every record ever: offset to key and value. */
    private final TreeMap<Long, String> all = new TreeMap<>();
    /** First offset of each epoch. */
    private final TreeMap<Integer, Long> epochs = new TreeMap<>();
    /** Last offset of each producer. */
    private final Map<Long, Long> producers = new HashMap<>();

    @Property(tries = 150)
    void noLatestValueIsLostAndNoOffsetMoves(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int keys)
            throws IOException {
        begin(seed);
        for (int round = 0; round < 6; round++) {
            append(keys);
            if (random.nextInt(4) == 0) {
                logStart += random.nextInt(1 + (int) Math.max(1, nextOffset - logStart));
            }
            nowMs += random.nextInt(150);
            pass(8 + random.nextInt(2 * keys));
            checkLatest();
            checkOffsets();
        }
    }

    @Property(tries = 50)
    void onePassWithRoomLeavesOneRecordAKey(@ForAll long seed) throws IOException {
        begin(seed);
        append(10);
        pass(1000);
        nowMs += DELETE_RETENTION;
        pass(1000);
        Map<String, Integer> counts = new HashMap<>();
        forEachRecord(record -> counts.merge(Keyed.text(record.key()), 1, Integer::sum));
        assertThat(counts).allSatisfy((key, count) -> assertThat(count).isEqualTo(1));
        assertThat(counts.keySet()).isEqualTo(latest().keySet());
    }

    private void begin(long seed) {
        random = new Random(seed);
        batches = new ArrayList<>();
        dirtyOffset = 0;
        nextOffset = 0;
        logStart = 0;
        nowMs = 1000;
        epoch = 0;
        all.clear();
        epochs.clear();
        producers.clear();
    }

    private void append(int keys) {
        int count = random.nextInt(20);
        for (int i = 0; i < count; i++) {
            epoch += random.nextInt(8) == 0 ? 1 : 0;
            SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(5)];
            for (int r = 0; r < records.length; r++) {
                String key = "k" + random.nextInt(keys);
                String value = random.nextInt(4) == 0 ? null : "v" + (nextOffset + r);
                records[r] = Keyed.record(nowMs, key, value);
                all.put(nextOffset + r, key + "=" + value);
            }
            int producer = random.nextInt(3) - 1;
            ByteBuffer batch = producer >= 0
                    ? Keyed.idempotent(nextOffset, producer, (short) 0, (int) nextOffset, records)
                    : Keyed.batch(codec(), nextOffset, 0, records);
            BatchHeader.setLeaderEpoch(batch, 0, epoch);
            epochs.putIfAbsent(epoch, nextOffset);
            batches.add(batch);
            nextOffset += records.length;
            if (producer >= 0) {
                producers.put((long) producer, nextOffset - 1);
            }
        }
    }

    private Compression codec() {
        return Compression.of(CompressionType.forId(random.nextInt(5))).build();
    }

    private void pass(int mapSlots) throws IOException {
        PartitionCompaction pass = new PartitionCompaction(
                new OffsetMap((long) mapSlots * OffsetMap.ENTRY_BYTES, 0.9, new byte[16]),
                this::forEach,
                producers::containsValue,
                BufferSupplier.NO_CACHING);
        long from = Math.max(dirtyOffset, logStart);
        long end = pass.map(from, nextOffset);
        assertThat(pass.isPartial() || end == nextOffset || from >= nextOffset).isTrue();
        List<ByteBuffer> made = new ArrayList<>();
        pass.clean(logStart, nowMs, DELETE_RETENTION, batch -> made.add(copy(batch)));
        for (ByteBuffer batch : batches) {
            if (BatchHeader.baseOffset(batch, 0) >= end) {
                made.add(batch);
            }
        }
        dirtyOffset = end;
        batches = made;
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    private void forEach(long from, long end, BatchSource.Visitor visitor) throws IOException {
        for (ByteBuffer batch : batches) {
            boolean in = BatchHeader.lastOffset(batch, 0) >= from && BatchHeader.baseOffset(batch, 0) < end;
            if (in && !visitor.visit(batch)) {
                return;
            }
        }
    }

    private interface RecordVisitor {
        void visit(Record record);
    }

    private void forEachRecord(RecordVisitor visitor) {
        for (ByteBuffer batch : batches) {
            for (Record record : Keyed.read(batch)) {
                if (record.offset() >= logStart) {
                    visitor.visit(record);
                }
            }
        }
    }

    /** What a reader of all that was ever written from the log start on would know: key to value, without tombstones. */
    private Map<String, String> latest() {
        Map<String, String> latest = new HashMap<>();
        all.tailMap(logStart).values().forEach(text -> put(latest, text));
        return latest;
    }

    private static void put(Map<String, String> latest, String text) {
        String[] keyAndValue = text.split("=", 2);
        if (keyAndValue[1].equals("null")) {
            latest.remove(keyAndValue[0]);
        } else {
            latest.put(keyAndValue[0], keyAndValue[1]);
        }
    }

    private void checkLatest() {
        Map<String, String> seen = new HashMap<>();
        forEachRecord(record -> {
            String text = Keyed.text(record.key()) + "=" + Keyed.text(record.value());
            assertThat(text).isEqualTo(all.get(record.offset()));
            put(seen, text);
        });
        assertThat(seen).isEqualTo(latest());
    }

    private void checkOffsets() {
        long last = -1;
        for (ByteBuffer batch : batches) {
            assertThat(BatchHeader.verifyCrc(batch, 0, batch.remaining())).isTrue();
            assertThat(BatchHeader.baseOffset(batch, 0)).isGreaterThan(last);
            last = BatchHeader.lastOffset(batch, 0);
        }
        if (nextOffset > logStart) {
            assertThat(last).isEqualTo(nextOffset - 1);
        }
        epochs.forEach((each, first) -> {
            if (first >= logStart) {
                assertThat(firstOf(each)).isEqualTo(first);
            }
        });
        producers.values().forEach(offset -> {
            if (offset >= logStart) {
                assertThat(batches).anyMatch(batch -> BatchHeader.lastOffset(batch, 0) == offset);
            }
        });
    }

    private long firstOf(int wanted) {
        return batches.stream()
                .filter(batch -> BatchHeader.leaderEpoch(batch, 0) >= wanted)
                .mapToLong(batch -> BatchHeader.baseOffset(batch, 0))
                .min()
                .orElse(-1);
    }
}
