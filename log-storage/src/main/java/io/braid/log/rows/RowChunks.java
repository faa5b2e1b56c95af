package io.braid.log.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A growing array of rows of {@code rowBytes} bytes, kept in byte arrays of {@value #CHUNK_ROWS} rows. Fields are
 * addressed by their byte in the row and
 * need no alignment, so a row has no padding. New rows are zero.
 *
 * <p>Two ways to let other threads read: {@link #view} for rows that are never written again (append-only use), and
 * {@link #snapshot} for any rows: chunks are then
 * shared with the snapshot and copied when the owner next writes to them. Owned by one thread.
 */
public final class RowChunks {
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    static final int SHIFT = 8;
    static final int CHUNK_ROWS = 1 << SHIFT;
    static final int MASK = CHUNK_ROWS - 1;
    private static final int FIRST_ROWS = 8;
    private static final int ARRAY_HEADER_BYTES = 16;

    private final int rowBytes;
    private byte[][] chunks = new byte[1][];
    private boolean[] shared = new boolean[1];
    private int capacity;

    public RowChunks(int rowBytes) {
        if (rowBytes < 1) {
            throw new IllegalArgumentException("rowBytes=" + rowBytes);
        }
        this.rowBytes = rowBytes;
    }

    /** Makes room for row numbers below {@code rows}. */
    public void ensure(int rows) {
        while (capacity < rows) {
            grow();
        }
    }

    private void grow() {
        if (capacity < CHUNK_ROWS) {
            growFirstChunk();
            return;
        }
        int chunk = capacity >>> SHIFT;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunk * 2);
            shared = Arrays.copyOf(shared, chunk * 2);
        }
        chunks[chunk] = new byte[CHUNK_ROWS * rowBytes];
        capacity += CHUNK_ROWS;
    }

    /** A table of few rows stays small: its only chunk grows by doubling. Views keep the array they know. */
    private void growFirstChunk() {
        int rows = capacity == 0 ? FIRST_ROWS : capacity * 2;
        byte[][] grown = chunks.clone();
        grown[0] = capacity == 0 ? new byte[rows * rowBytes] : Arrays.copyOf(chunks[0], rows * rowBytes);
        chunks = grown;
        shared[0] = false;
        capacity = rows;
    }

    public long getLong(int row, int field) {
        return (long) LONG.get(chunks[row >>> SHIFT], (row & MASK) * rowBytes + field);
    }

    public int getInt(int row, int field) {
        return (int) INT.get(chunks[row >>> SHIFT], (row & MASK) * rowBytes + field);
    }

    public short getShort(int row, int field) {
        return (short) SHORT.get(chunks[row >>> SHIFT], (row & MASK) * rowBytes + field);
    }

    public byte getByte(int row, int field) {
        return chunks[row >>> SHIFT][(row & MASK) * rowBytes + field];
    }

    public void setLong(int row, int field, long value) {
        LONG.set(writable(row), (row & MASK) * rowBytes + field, value);
    }

    public void setInt(int row, int field, int value) {
        INT.set(writable(row), (row & MASK) * rowBytes + field, value);
    }

    public void setShort(int row, int field, short value) {
        SHORT.set(writable(row), (row & MASK) * rowBytes + field, value);
    }

    public void setByte(int row, int field, byte value) {
        writable(row)[(row & MASK) * rowBytes + field] = value;
    }

    private byte[] writable(int row) {
        int chunk = row >>> SHIFT;
        if (shared[chunk]) {
            chunks[chunk] = chunks[chunk].clone();
            shared[chunk] = false;
        }
        return chunks[chunk];
    }

    /** The chunks as they are; the reader must keep to rows that are written no more. Needs a safe publication. */
    public RowView view() {
        return new RowView(chunks, rowBytes);
    }

    /** All rows as they are now, whatever the owner writes later. One reference a chunk is copied. */
    public RowView snapshot() {
        Arrays.fill(shared, true);
        return new RowView(chunks.clone(), rowBytes);
    }

    /** Bytes of heap in arrays, with compressed references; exact but for chunks that live on in snapshots. */
    public long heapBytes() {
        long bytes = align(ARRAY_HEADER_BYTES + 4L * chunks.length) + align(ARRAY_HEADER_BYTES + shared.length);
        for (byte[] chunk : chunks) {
            bytes += chunk == null ? 0 : align(ARRAY_HEADER_BYTES + chunk.length);
        }
        return bytes;
    }

    private static long align(long bytes) {
        return (bytes + 7) & ~7L;
    }
}
