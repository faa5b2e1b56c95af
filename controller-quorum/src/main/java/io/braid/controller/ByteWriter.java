package io.braid.controller;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;

/** Writes the primitives of the metadata formats to a growing array. Owned by one thread. */
public final class ByteWriter {
    private byte[] bytes;
    private int size;

    public ByteWriter() {
        this(256);
    }

    public ByteWriter(int capacity) {
        bytes = new byte[capacity];
    }

    public int size() {
        return size;
    }

    /** What was written, as a copy. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void clear() {
        size = 0;
    }

    public void writeByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    public void writeBoolean(boolean value) {
        writeByte(value ? 1 : 0);
    }

    /** Seven bits a byte, the lowest first; a negative number takes ten. */
    public void writeVarlong(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** As {@link #writeVarlong}; a negative number takes five. */
    public void writeVarint(int value) {
        writeVarlong(value & 0xFFFFFFFFL);
    }

    /** A number that may be -1 or a little below: zigzag, then as {@link #writeVarlong}. */
    public void writeSigned(long value) {
        writeVarlong(value << 1 ^ value >> 63);
    }

    /** Eight bytes, the highest first. */
    public void writeLong(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    public void writeUuid(Uuid id) {
        writeLong(id.getMostSignificantBits());
        writeLong(id.getLeastSignificantBits());
    }

    /** Length in bytes, then UTF-8. */
    public void writeString(String value) {
        writeBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Length, then the bytes. */
    public void writeBytes(byte[] value) {
        writeVarint(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** Count, then the elements. */
    public <T> void writeList(List<T> values, BiConsumer<ByteWriter, T> writeElement) {
        writeVarint(values.size());
        for (T value : values) {
            writeElement.accept(this, value);
        }
    }

    /** The place where newer versions put fields that older ones may skip: their count, then tag, length and bytes of each. */
    public void writeNoTaggedFields() {
        writeVarint(0);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
        }
    }
}
