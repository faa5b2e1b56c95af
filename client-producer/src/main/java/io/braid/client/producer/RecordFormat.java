package io.braid.client.producer;

import io.braid.client.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A record of batch format v2 in place: length, attributes (0), timestamp delta, offset delta, key, value, headers, with
 * varints in zigzag form. Deltas are to the batch's first record. Stateless.
 */
final class RecordFormat {
    private static final int ATTRIBUTES_BYTES = 1;

    private RecordFormat() {}

    /** Bytes of the record behind its length field. */
    static int bodySize(int offsetDelta, long timestampDelta, byte[] key, byte[] value, List<RecordHeader> headers) {
        long size = ATTRIBUTES_BYTES
                + sizeOfVarlong(timestampDelta)
                + sizeOfVarint(offsetDelta)
                + sizeOfBytes(key)
                + sizeOfBytes(value)
                + sizeOfVarint(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            size += sizeOfBytes(header.key().getBytes(StandardCharsets.UTF_8)) + sizeOfBytes(header.value());
        }
        return Math.toIntExact(size);
    }

    /** Bytes of a record whose body has this size. */
    static int sizeWithLength(int bodySize) {
        return sizeOfVarint(bodySize) + bodySize;
    }

    /** Writes at the buffer's position, which moves. */
    static void write(
            ByteBuffer out,
            int bodySize,
            int offsetDelta,
            long timestampDelta,
            byte[] key,
            byte[] value,
            List<RecordHeader> headers) {
        writeVarint(out, bodySize);
        out.put((byte) 0);
        writeVarlong(out, timestampDelta);
        writeVarint(out, offsetDelta);
        writeBytes(out, key);
        writeBytes(out, value);
        writeVarint(out, headers.size());
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            writeBytes(out, header.key().getBytes(StandardCharsets.UTF_8));
            writeBytes(out, header.value());
        }
    }

    private static long sizeOfBytes(byte[] bytes) {
        return bytes == null ? 1 : sizeOfVarint(bytes.length) + (long) bytes.length;
    }

    private static void writeBytes(ByteBuffer out, byte[] bytes) {
        if (bytes == null) {
            writeVarint(out, -1);
        } else {
            writeVarint(out, bytes.length);
            out.put(bytes);
        }
    }

    static int sizeOfVarint(int value) {
        return sizeOfUnsigned((value << 1 ^ value >> 31) & 0xffffffffL);
    }

    static int sizeOfVarlong(long value) {
        return sizeOfUnsigned(value << 1 ^ value >> 63);
    }

    private static int sizeOfUnsigned(long value) {
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(value));
        return (bits + 6) / 7;
    }

    static void writeVarint(ByteBuffer out, int value) {
        int left = value << 1 ^ value >> 31;
        while ((left & ~0x7f) != 0) {
            out.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }

    static void writeVarlong(ByteBuffer out, long value) {
        long left = value << 1 ^ value >> 63;
        while ((left & ~0x7fL) != 0) {
            out.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }

    static long readVarlong(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
    }

    static int readVarint(ByteBuffer in) {
        return (int) readVarlong(in);
    }
}
