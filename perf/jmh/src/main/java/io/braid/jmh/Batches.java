package io.braid.jmh;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Record batches as producers send them. Stateless. */
public final class Batches {
    private static final long PRODUCER_ID = 7;
    private static final int BASE_SEQUENCE_AT = 53;

    private Batches() {}

    /** An idempotent producer's batch, direct as a frame's is, with sequence 0. */
    public static ByteBuffer idempotent(int records, int valueBytes) {
        byte[] value = new byte[valueBytes];
        Arrays.fill(value, (byte) 'v');
        SimpleRecord[] all = new SimpleRecord[records];
        Arrays.setAll(all, i -> new SimpleRecord(1_700_000_000_000L + i, null, value));
        ByteBuffer built = MemoryRecords.withIdempotentRecords(Compression.NONE, PRODUCER_ID, (short) 0, 0, all)
                .buffer();
        ByteBuffer direct = ByteBuffer.allocateDirect(built.remaining());
        direct.put(built).flip();
        return direct;
    }

    /** Makes the batch its producer's next, as if it had been sent again with other records; its CRC is not adapted. */
    public static void advanceSequence(ByteBuffer batch) {
        int next = batch.getInt(BASE_SEQUENCE_AT) + BatchHeader.lastOffsetDelta(batch, 0) + 1;
        batch.putInt(BASE_SEQUENCE_AT, Math.max(0, next));
    }
}
