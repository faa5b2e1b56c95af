package io.braid.simulation;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;

/** Record batches as a producer makes them: headers of format v2 that mean something, records that are never parsed. */
final class Batches {
    private static final int RECORD_BYTES = 4;

    private Batches() {}

    /** A batch of {@code count} records. */
    static ByteBuffer make(long producerId, int firstSequence, int count, long timestampMs) {
        int size = BatchHeader.SIZE + RECORD_BYTES * count;
        ByteBuffer batch = ByteBuffer.allocate(size);
        batch.putLong(0);
        batch.putInt(size - BatchHeader.LENGTH_PREFIX_SIZE);
        batch.putInt(-1);
        batch.put(BatchHeader.MAGIC);
        batch.putInt(0);
        batch.putShort((short) 0);
        batch.putInt(count - 1);
        batch.putLong(timestampMs);
        batch.putLong(timestampMs);
        batch.putLong(producerId);
        batch.putShort((short) 0);
        batch.putInt(firstSequence);
        batch.putInt(count);
        for (int i = 0; i < count; i++) {
            batch.putInt(firstSequence + i);
        }
        batch.flip();
        batch.putInt(BatchHeader.CRC_COVERED_FROM - Integer.BYTES, BatchHeader.computeCrc(batch, 0, size));
        return batch;
    }

    /** As it arrives at a broker, which writes into it. */
    static ByteBuffer copy(ByteBuffer batch) {
        ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(0, batch, batch.position(), batch.remaining());
        return copy;
    }
}
