package io.braid.client.consumer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** One partition's log: batches with gaps between their offsets, as compaction leaves them. */
final class SimulatedLog {
    private final List<MemoryRecords> batches = new ArrayList<>();
    private final List<Long> nextOffsets = new ArrayList<>();
    final List<Long> offsets = new ArrayList<>(); // that records have
    long start;
    int leader;
    int leaderEpoch;

    long end() {
        return nextOffsets.isEmpty() ? 0 : nextOffsets.get(nextOffsets.size() - 1);
    }

    void append(Random random) {
        long base = end() + (random.nextInt(4) == 0 ? random.nextInt(3) : 0);
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(4)];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(new byte[random.nextInt(60)]);
            offsets.add(base + i);
        }
        batches.add(MemoryRecords.withRecords(base, Compression.NONE, leaderEpoch, records));
        nextOffsets.add(base + records.length);
    }

    /** Whole batches from the one with the offset on, at least one. */
    Optional<MemoryRecords> read(long offset, int maxBytes) {
        ByteBuffer read = ByteBuffer.allocate(64 << 10);
        for (int i = 0; i < batches.size(); i++) {
            MemoryRecords batch = batches.get(i);
            if (nextOffsets.get(i) > offset && (read.position() == 0 || read.position() < maxBytes)) {
                read.put(batch.buffer());
            }
        }
        return read.position() == 0
                ? Optional.empty()
                : Optional.of(MemoryRecords.readableRecords(read.flip().slice()));
    }
}
