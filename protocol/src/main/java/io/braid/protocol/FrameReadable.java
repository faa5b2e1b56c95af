package io.braid.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * Reads a message out of a frame. Records and zero-copy bytes become views of the frame, everything else is copied.
 *
 * <p>Lengths that lie end in a RuntimeException before anything is allocated for them. What is not records may take
 * {@code maxPlainBytes} at most: decoded it is many times larger. Unknown tagged fields are skipped, not kept. Owned by
 * one thread; the views live as long as the frame.
 */
public class FrameReadable implements Readable {
    private final ByteBuffer buffer; // its limit moves with the views, see readByteBuffer
    private final int end;
    private final boolean copyBytes;
    private boolean viewed;

    /**
     * Reads from the buffer's position to its limit.
     *
     * @param copyBytes whether records and zero-copy bytes are copied to the heap too
     */
    public FrameReadable(ByteBuffer buffer, int maxPlainBytes, boolean copyBytes) {
        this.buffer = buffer;
        this.end = buffer.limit();
        this.copyBytes = copyBytes;
        buffer.limit((int) Math.min(end, (long) buffer.position() + maxPlainBytes));
    }

    /** Whether the message read holds views of the frame. */
    public boolean viewed() {
        return viewed;
    }

    @Override
    public byte readByte() {
        return buffer.get();
    }

    @Override
    public short readShort() {
        return buffer.getShort();
    }

    @Override
    public int readInt() {
        return buffer.getInt();
    }

    @Override
    public long readLong() {
        return buffer.getLong();
    }

    @Override
    public double readDouble() {
        return buffer.getDouble();
    }

    @Override
    public int readUnsignedVarint() {
        return ByteUtils.readUnsignedVarint(buffer);
    }

    @Override
    public int readVarint() {
        return ByteUtils.readVarint(buffer);
    }

    @Override
    public long readVarlong() {
        return ByteUtils.readVarlong(buffer);
    }

    @Override
    public byte[] readArray(int length) {
        checkLength(length, buffer.limit());
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public String readString(int length) {
        return new String(readArray(length), StandardCharsets.UTF_8);
    }

    @Override
    public ByteBuffer readByteBuffer(int length) {
        checkLength(length, end);
        int position = buffer.position();
        int plainLimit = buffer.limit();
        buffer.limit(position + length);
        ByteBuffer bytes = copyBytes ? ByteBuffer.allocate(length).put(buffer).flip() : buffer.slice();
        buffer.limit((int) Math.min(end, (long) plainLimit + length)).position(position + length);
        viewed |= !copyBytes;
        return bytes;
    }

    @Override
    public List<RawTaggedField> readUnknownTaggedField(List<RawTaggedField> fields, int tag, int size) {
        checkLength(size, buffer.limit());
        buffer.position(buffer.position() + size);
        return fields;
    }

    @Override
    public int remaining() {
        return end - buffer.position();
    }

    @Override
    public Readable slice() {
        return new FrameReadable(buffer.slice(), Integer.MAX_VALUE, copyBytes);
    }

    private void checkLength(int length, int limit) {
        if (length < 0 || length > limit - buffer.position()) {
            throw new BufferUnderflowException();
        }
    }
}
