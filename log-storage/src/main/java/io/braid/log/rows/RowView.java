package io.braid.log.rows;

/** Rows of a {@link RowChunks} that do not change any more. Immutable, any thread. */
public final class RowView {
    private final byte[][] chunks;
    private final int rowBytes;

    RowView(byte[][] chunks, int rowBytes) {
        this.chunks = chunks;
        this.rowBytes = rowBytes;
    }

    public long getLong(int row, int field) {
        return (long) RowChunks.LONG.get(chunks[row >>> RowChunks.SHIFT], (row & RowChunks.MASK) * rowBytes + field);
    }

    public int getInt(int row, int field) {
        return (int) RowChunks.INT.get(chunks[row >>> RowChunks.SHIFT], (row & RowChunks.MASK) * rowBytes + field);
    }

    public short getShort(int row, int field) {
        return (short) RowChunks.SHORT.get(chunks[row >>> RowChunks.SHIFT], (row & RowChunks.MASK) * rowBytes + field);
    }

    public byte getByte(int row, int field) {
        return chunks[row >>> RowChunks.SHIFT][(row & RowChunks.MASK) * rowBytes + field];
    }
}
