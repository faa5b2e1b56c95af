package io.braid.broker.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Collects records for the log, as batches of a bounded size. Owned by the partition's thread. */
final class BatchBuilder {
    /** A batch that has grown to this is closed; a single record may be larger. */
    private static final int MAX_BATCH_BYTES = 256 << 10;

    private static final int FIRST_BYTES = 1024;

    private final RecordCodec codec;
    private final List<ByteBuffer> full = new ArrayList<>();
    private MemoryRecordsBuilder open;

    BatchBuilder(RecordCodec codec) {
        this.codec = codec;
    }

    boolean isEmpty() {
        return open == null && full.isEmpty();
    }

    void add(GroupRecord record, long nowMs) {
        if (open == null) {
            open = MemoryRecords.builder(
                    ByteBuffer.allocate(FIRST_BYTES),
                    RecordBatch.MAGIC_VALUE_V2,
                    Compression.NONE,
                    TimestampType.CREATE_TIME,
                    0);
        }
        open.append(nowMs, codec.key(record), codec.value(record));
        if (open.estimatedSizeInBytes() >= MAX_BATCH_BYTES) {
            close();
        }
    }

    /** The batches in order; the builder is empty afterwards. */
    List<ByteBuffer> take() {
        close();
        List<ByteBuffer> taken = List.copyOf(full);
        full.clear();
        return taken;
    }

    void clear() {
        open = null;
        full.clear();
    }

    private void close() {
        if (open != null) {
            full.add(open.build().buffer());
            open = null;
        }
    }
}
