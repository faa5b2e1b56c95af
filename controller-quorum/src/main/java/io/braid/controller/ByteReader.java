package io.braid.controller;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;

/**
 * Reads what {@link ByteWriter} wrote. Trusts nothing: a length or count that the bytes cannot hold is a
 * {@link MalformedException}, and nothing is allocated for it. Owned by one thread.
 */
public final class ByteReader {
    private final byte[] bytes;
    private int position;
    private final int end;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public ByteReader(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    public int remaining() {
        return end - position;
    }

    /** Fails unless everything was read. */
    public void expectEnd() {
        if (position != end) {
            throw new MalformedException(remaining() + " bytes too many");
        }
    }

    public byte readByte() {
        need(1);
        return bytes[position++];
    }

    public boolean readBoolean() {
        return readByte() != 0;
    }

    public long readVarlong() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = readByte();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedException("a number of more than ten bytes");
    }

    public int readVarint() {
        long value = readVarlong();
        if (value >>> 32 != 0) {
            throw new MalformedException("number too large: " + value);
        }
        return (int) value;
    }

    public short readShort() {
        int value = readVarint();
        if (value >>> 15 != 0) {
            throw new MalformedException("number too large: " + value);
        }
        return (short) value;
    }

    public long readSigned() {
        long value = readVarlong();
        return value >>> 1 ^ -(value & 1);
    }

    /** A {@link #readSigned} that fits an int. */
    public int readSignedInt() {
        long value = readSigned();
        if (value != (int) value) {
            throw new MalformedException("number too large: " + value);
        }
        return (int) value;
    }

    public long readLong() {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (bytes[position++] & 0xFF);
        }
        return value;
    }

    public Uuid readUuid() {
        return new Uuid(readLong(), readLong());
    }

    public String readString() {
        int length = readLength();
        String value = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return value;
    }

    public byte[] readBytes() {
        int length = readLength();
        byte[] value = new byte[length];
        System.arraycopy(bytes, position, value, 0, length);
        position += length;
        return value;
    }

    /** Elements take at least one byte each. */
    public <T> List<T> readList(Function<ByteReader, T> readElement) {
        int count = readLength();
        List<T> values = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            values.add(readElement.apply(this));
        }
        return values;
    }

    /** Skips the fields that newer versions may have put here. */
    public void skipTaggedFields() {
        int count = readLength();
        for (int i = 0; i < count; i++) {
            readVarint();
            int length = readLength();
            position += length;
        }
    }

    private int readLength() {
        int length = readVarint();
        if (length < 0 || length > remaining()) {
            throw new MalformedException("length " + length + " where " + remaining() + " bytes are left");
        }
        return length;
    }

    private void need(int count) {
        if (remaining() < count) {
            throw new MalformedException("the bytes end too early");
        }
    }
}
