package io.braid.protocol;

import io.braid.protocol.records.FetchedRecords;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;

/** Writes nothing and releases the records that a message holds. Stateless. */
final class DiscardingWritable implements Writable {
    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof FetchedRecords fetched) {
            fetched.release();
        }
    }

    @Override
    public void writeByte(byte value) {}

    @Override
    public void writeShort(short value) {}

    @Override
    public void writeInt(int value) {}

    @Override
    public void writeLong(long value) {}

    @Override
    public void writeDouble(double value) {}

    @Override
    public void writeByteArray(byte[] value) {}

    @Override
    public void writeUnsignedVarint(int value) {}

    @Override
    public void writeByteBuffer(ByteBuffer value) {}

    @Override
    public void writeVarint(int value) {}

    @Override
    public void writeVarlong(long value) {}
}
