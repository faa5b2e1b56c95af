package io.braid.log;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The header before each entry's payload, big-endian, at a multiple of 4 in the segment's file.
 *
 * <pre>
 *  0 CRC32C          uint32  of the rest of the header, the tagged fields, and the payload (of a batch its first 21 bytes)
 *  4 format version  int8    1
 *  5 type            int8    {@link EntryType}
 *  6 tagged length   uint16  bytes of tagged fields between header and payload
 *  8 LSN             int64
 * 16 leader epoch    int32
 * 20 payload length  int32
 * 24 topic id        16 bytes, zero where there is none
 * 40 partition       int32
 * 44 log tag         int32   random per shard log: client bytes that look like an entry are not taken for one
 * 48 base offset     int64   of a batch; of a log-start entry the new log start
 * 56 forced segment  int32   \ every byte of the log before this position was on disk when the entry was written;
 * 60 forced position uint32  / evidence by which recovery tells damage from an unsynced tail
 * </pre>
 *
 * <p>The rest of a batch is covered by its own CRC. Stateless.
 */
final class EntryHeader {
    static final int SIZE = 64;
    static final byte VERSION = 1;

    /** Entries start at multiples of this; zeros fill up the space between. */
    static final int ALIGNMENT = 4;

    private static final int VERSION_AT = 4;
    private static final int TYPE = 5;
    private static final int TAGGED_LENGTH = 6;
    private static final int LSN = 8;
    private static final int LEADER_EPOCH = 16;
    private static final int PAYLOAD_LENGTH = 20;
    private static final int TOPIC_ID_MSB = 24;
    private static final int TOPIC_ID_LSB = 32;
    private static final int PARTITION = 40;
    private static final int LOG_TAG = 44;
    private static final int BASE_OFFSET = 48;
    private static final int FORCED = 56;

    private EntryHeader() {}

    /** Bytes an entry without tagged fields takes in a document, padding included. */
    static int entryBytes(int payloadLength) {
        return align(SIZE + payloadLength);
    }

    static int align(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    static long align(long position) {
        return (position + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Writes the header of an entry without tagged fields at {@code at}; its CRC is set from {@code payload}'s bytes. */
    static void write(
            ByteBuffer target,
            int at,
            byte type,
            long lsn,
            int leaderEpoch,
            long idMsb,
            long idLsb,
            int partition,
            int logTag,
            long baseOffset,
            long forced,
            ByteBuffer payload,
            CRC32C crc) {
        target.put(at + VERSION_AT, VERSION);
        target.put(at + TYPE, type);
        target.putShort(at + TAGGED_LENGTH, (short) 0);
        target.putLong(at + LSN, lsn);
        target.putInt(at + LEADER_EPOCH, leaderEpoch);
        target.putInt(at + PAYLOAD_LENGTH, payload.remaining());
        target.putLong(at + TOPIC_ID_MSB, idMsb);
        target.putLong(at + TOPIC_ID_LSB, idLsb);
        target.putInt(at + PARTITION, partition);
        target.putInt(at + LOG_TAG, logTag);
        target.putLong(at + BASE_OFFSET, baseOffset);
        target.putLong(at + FORCED, forced);
        crc.reset();
        update(crc, target, at + VERSION_AT, SIZE - VERSION_AT);
        update(crc, payload, payload.position(), coveredPayload(type, payload.remaining()));
        target.putInt(at, (int) crc.getValue());
    }

    /**
     * Makes an entry that another log wrote one of this log: tag and forced place, and the CRC that follows from them. What the
     * CRC covers must be in the buffer.
     */
    static void restamp(ByteBuffer target, int at, int logTag, long forced, CRC32C crc) {
        target.putInt(at + LOG_TAG, logTag);
        target.putLong(at + FORCED, forced);
        crc.reset();
        update(crc, target, at + VERSION_AT, crcCoverage(target, at) - VERSION_AT);
        target.putInt(at, (int) crc.getValue());
    }

    /** Whether the buffer holds at {@code at} the plausible start of an entry of this log: cheap, no CRC. */
    static boolean plausible(ByteBuffer buffer, int at, int logTag) {
        return buffer.getInt(at + LOG_TAG) == logTag && plausible(buffer, at);
    }

    /** As above, for an entry of any log. */
    static boolean plausible(ByteBuffer buffer, int at) {
        return buffer.get(at + VERSION_AT) == VERSION
                && EntryType.known(buffer.get(at + TYPE))
                && payloadLength(buffer, at) >= minPayload(type(buffer, at));
    }

    /** Whether the header's CRC fits; what it covers of the payload must be in the buffer. */
    static boolean verifyCrc(ByteBuffer buffer, int at, CRC32C crc) {
        crc.reset();
        update(crc, buffer, at + VERSION_AT, crcCoverage(buffer, at) - VERSION_AT);
        return buffer.getInt(at) == (int) crc.getValue();
    }

    /** Bytes from the header's start that its CRC needs. */
    static int crcCoverage(ByteBuffer buffer, int at) {
        return SIZE + taggedLength(buffer, at) + coveredPayload(type(buffer, at), payloadLength(buffer, at));
    }

    static byte type(ByteBuffer buffer, int at) {
        return buffer.get(at + TYPE);
    }

    static int taggedLength(ByteBuffer buffer, int at) {
        return buffer.getShort(at + TAGGED_LENGTH) & 0xffff;
    }

    /** Where the payload begins. */
    static int payload(ByteBuffer buffer, int at) {
        return at + SIZE + taggedLength(buffer, at);
    }

    static long lsn(ByteBuffer buffer, int at) {
        return buffer.getLong(at + LSN);
    }

    static int leaderEpoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LEADER_EPOCH);
    }

    static int payloadLength(ByteBuffer buffer, int at) {
        return buffer.getInt(at + PAYLOAD_LENGTH);
    }

    static long topicIdMsb(ByteBuffer buffer, int at) {
        return buffer.getLong(at + TOPIC_ID_MSB);
    }

    static long topicIdLsb(ByteBuffer buffer, int at) {
        return buffer.getLong(at + TOPIC_ID_LSB);
    }

    static int partition(ByteBuffer buffer, int at) {
        return buffer.getInt(at + PARTITION);
    }

    /** The tag of the log that the entry belongs to. */
    static int logTag(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LOG_TAG);
    }

    static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_OFFSET);
    }

    /** Segment and position below which all was forced, as a {@link LogPosition}. */
    static long forced(ByteBuffer buffer, int at) {
        return buffer.getLong(at + FORCED);
    }

    private static int minPayload(byte type) {
        return type == EntryType.BATCH ? BatchHeader.SIZE : 0;
    }

    private static int coveredPayload(byte type, int payloadLength) {
        return type == EntryType.BATCH ? BatchHeader.CRC_COVERED_FROM : payloadLength;
    }

    private static void update(CRC32C crc, ByteBuffer buffer, int from, int length) {
        int position = buffer.position();
        int limit = buffer.limit();
        buffer.limit(from + length).position(from);
        crc.update(buffer);
        buffer.limit(limit).position(position);
    }
}
