package io.braid.protocol.records;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Fields of a record batch of format v2, read and written in place.
 *
 * <pre>
 *  0 base offset        int64     17 CRC32C             uint32 (of all from 21 on)   43 producer id     int64
 *  8 batch length       int32     21 attributes         int16                        51 producer epoch  int16
 * 12 leader epoch       int32     23 last offset delta  int32                        53 base sequence   int32
 * 16 magic              int8      27 base timestamp     int64                        57 record count    int32
 *                                 35 max timestamp      int64                        61 records
 * </pre>
 *
 * <p>All methods take the position of the batch in the buffer (absolute; the buffer's own position is neither used nor
 * changed) and expect big-endian order and, unless said, {@link #SIZE} readable bytes there. Stateless.
 */
public final class BatchHeader {
    /** Bytes before the records. */
    public static final int SIZE = 61;

    /** Bytes before the part that {@link #batchLength} counts: base offset and the length itself. */
    public static final int LENGTH_PREFIX_SIZE = 12;

    /** Where the part begins that the CRC covers; the broker sets fields before it without touching the CRC. */
    public static final int CRC_COVERED_FROM = 21;

    public static final byte MAGIC = 2;

    public static final int COMPRESSION_MASK = 0x07;
    public static final int LOG_APPEND_TIME_FLAG = 0x08;
    public static final int TRANSACTIONAL_FLAG = 0x10;
    public static final int CONTROL_FLAG = 0x20;
    public static final int DELETE_HORIZON_FLAG = 0x40;

    private static final int BATCH_LENGTH = 8;
    private static final int LEADER_EPOCH = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int BASE_TIMESTAMP = 27;
    private static final int MAX_TIMESTAMP = 35;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final int COUNT = 57;

    private BatchHeader() {}

    public static long baseOffset(ByteBuffer buffer, int batch) {
        return buffer.getLong(batch);
    }

    /** Length of what follows this field; {@link #sizeInBytes} is the whole batch. */
    public static int batchLength(ByteBuffer buffer, int batch) {
        return buffer.getInt(batch + BATCH_LENGTH);
    }

    /** Bytes of the whole batch as its length field says; not checked against the buffer (may overflow when it lies). */
    public static int sizeInBytes(ByteBuffer buffer, int batch) {
        return LENGTH_PREFIX_SIZE + batchLength(buffer, batch);
    }

    public static int leaderEpoch(ByteBuffer buffer, int batch) {
        return buffer.getInt(batch + LEADER_EPOCH);
    }

    /** Format version; needs 17 bytes. The formats 0 and 1 have it at the same place. */
    public static byte magic(ByteBuffer buffer, int batch) {
        return buffer.get(batch + MAGIC_AT);
    }

    public static int crc(ByteBuffer buffer, int batch) {
        return buffer.getInt(batch + CRC);
    }

    public static short attributes(ByteBuffer buffer, int batch) {
        return buffer.getShort(batch + ATTRIBUTES);
    }

    /** Codec id: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; 5 to 7 are not defined. */
    public static int compression(ByteBuffer buffer, int batch) {
        return attributes(buffer, batch) & COMPRESSION_MASK;
    }

    public static boolean isLogAppendTime(ByteBuffer buffer, int batch) {
        return (attributes(buffer, batch) & LOG_APPEND_TIME_FLAG) != 0;
    }

    public static boolean isTransactional(ByteBuffer buffer, int batch) {
        return (attributes(buffer, batch) & TRANSACTIONAL_FLAG) != 0;
    }

    public static boolean isControl(ByteBuffer buffer, int batch) {
        return (attributes(buffer, batch) & CONTROL_FLAG) != 0;
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int batch) {
        return buffer.getInt(batch + LAST_OFFSET_DELTA);
    }

    public static long lastOffset(ByteBuffer buffer, int batch) {
        return baseOffset(buffer, batch) + lastOffsetDelta(buffer, batch);
    }

    /** Milliseconds since the epoch, or -1. */
    public static long baseTimestamp(ByteBuffer buffer, int batch) {
        return buffer.getLong(batch + BASE_TIMESTAMP);
    }

    /** Milliseconds since the epoch, or -1. */
    public static long maxTimestamp(ByteBuffer buffer, int batch) {
        return buffer.getLong(batch + MAX_TIMESTAMP);
    }

    /** -1 for a producer that is not idempotent. */
    public static long producerId(ByteBuffer buffer, int batch) {
        return buffer.getLong(batch + PRODUCER_ID);
    }

    public static short producerEpoch(ByteBuffer buffer, int batch) {
        return buffer.getShort(batch + PRODUCER_EPOCH);
    }

    /** -1 for a producer that is not idempotent. */
    public static int baseSequence(ByteBuffer buffer, int batch) {
        return buffer.getInt(batch + BASE_SEQUENCE);
    }

    /** Sequence of the last record; sequences wrap from 2^31-1 to 0. */
    public static int lastSequence(ByteBuffer buffer, int batch) {
        int base = baseSequence(buffer, batch);
        return base < 0 ? base : (base + lastOffsetDelta(buffer, batch)) & Integer.MAX_VALUE;
    }

    /** Number of records as the header says; not checked against the records. */
    public static int count(ByteBuffer buffer, int batch) {
        return buffer.getInt(batch + COUNT);
    }

    /** Outside of the CRC. */
    public static void setBaseOffset(ByteBuffer buffer, int batch, long baseOffset) {
        buffer.putLong(batch, baseOffset);
    }

    /** Outside of the CRC. */
    public static void setLeaderEpoch(ByteBuffer buffer, int batch, int leaderEpoch) {
        buffer.putInt(batch + LEADER_EPOCH, leaderEpoch);
    }

    /**
     * Stamps the batch with the broker's time: max timestamp and the LogAppendTime attribute, and the CRC that follows
     * from it, without reading the records. A CRC that was wrong before is wrong after.
     */
    public static void setLogAppendTime(ByteBuffer buffer, int batch, long timestampMs) {
        int before = crcOf(buffer, batch + CRC_COVERED_FROM, PRODUCER_ID - CRC_COVERED_FROM);
        buffer.putShort(batch + ATTRIBUTES, (short) (attributes(buffer, batch) | LOG_APPEND_TIME_FLAG));
        buffer.putLong(batch + MAX_TIMESTAMP, timestampMs);
        int after = crcOf(buffer, batch + CRC_COVERED_FROM, PRODUCER_ID - CRC_COVERED_FROM);
        int unchangedBytes = sizeInBytes(buffer, batch) - PRODUCER_ID;
        buffer.putInt(batch + CRC, crc(buffer, batch) ^ Crc32cShift.shift(before ^ after, unchangedBytes));
    }

    /** CRC32C of the covered part. The whole batch must be in the buffer and at least {@link #SIZE} bytes. */
    public static int computeCrc(ByteBuffer buffer, int batch, int sizeInBytes) {
        return crcOf(buffer, batch + CRC_COVERED_FROM, sizeInBytes - CRC_COVERED_FROM);
    }

    private static int crcOf(ByteBuffer buffer, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().limit(from + length).position(from));
        return (int) crc.getValue();
    }

    /** Whether the stored CRC fits the {@code sizeInBytes} bytes of the batch, all of which must be in the buffer. */
    public static boolean verifyCrc(ByteBuffer buffer, int batch, int sizeInBytes) {
        return computeCrc(buffer, batch, sizeInBytes) == crc(buffer, batch);
    }
}
