package io.braid.protocol.watch;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.utils.internals.ByteUtils;

/** Writes nothing and counts the bytes. Owned by one thread. */
final class CountingWritable implements Writable {
    private int bytes;

    int bytes() {
        return bytes;
    }

    @Override
    public void writeByte(byte value) {
        bytes += Byte.BYTES;
    }

    @Override
    public void writeShort(short value) {
        bytes += Short.BYTES;
    }

    @Override
    public void writeInt(int value) {
        bytes += Integer.BYTES;
    }

    @Override
    public void writeLong(long value) {
        bytes += Long.BYTES;
    }

    @Override
    public void writeDouble(double value) {
        bytes += Double.BYTES;
    }

    @Override
    public void writeByteArray(byte[] value) {
        bytes += value.length;
    }

    @Override
    public void writeUnsignedVarint(int value) {
        bytes += ByteUtils.sizeOfUnsignedVarint(value);
    }

    @Override
    public void writeByteBuffer(ByteBuffer value) {
        bytes += value.remaining();
    }

    @Override
    public void writeVarint(int value) {
        bytes += ByteUtils.sizeOfVarint(value);
    }

    @Override
    public void writeVarlong(long value) {
        bytes += ByteUtils.sizeOfVarlong(value);
    }
}
