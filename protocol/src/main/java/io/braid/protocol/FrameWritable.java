package io.braid.protocol;

import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * Writes a message as pieces: one buffer with everything but records, cut where records go between.
 *
 * <p>Small records are copied into the buffer, since a piece of its own costs more than the copy. Owned by one thread.
 */
final class FrameWritable implements Writable {
    /** Records and zero-copy bytes up to this size are copied. */
    static final int MAX_COPIED_BYTES = 2048;

    private final ByteBuf head;
    private final ByteBuffer out;
    private final int origin; // position in `out` of the head's first byte
    private final List<Object> pieces;
    private int cutFrom; // position in `out` behind the last cut
    private long detachedBytes;

    /**
     * Begins a frame.
     *
     * @param head an empty buffer with room for what {@link Sizes#sizeExcludingZeroCopy} said
     * @param pieces empty; gets ByteBufs, FileRanges and WhenSents, each with one reference for the taker
     */
    FrameWritable(ByteBuf head, List<Object> pieces) {
        this.head = head;
        this.out = head.internalNioBuffer(0, head.capacity());
        this.origin = out.position();
        this.pieces = pieces;
        this.cutFrom = origin;
    }

    /** Counts sizes in the way in which {@link FrameWritable} copies. */
    static final class Sizes extends MessageSizeAccumulator {
        @Override
        public void addZeroCopyBytes(int size) {
            if (size <= MAX_COPIED_BYTES) {
                addBytes(size);
            } else {
                super.addZeroCopyBytes(size);
            }
        }
    }

    /** Ends the last piece; the reference to the head goes to the pieces. Returns the size of all pieces in bytes. */
    long finish() {
        long written = detachedBytes + (out.position() - origin);
        if (pieces.isEmpty()) {
            head.setIndex(0, out.position() - origin);
            pieces.add(head);
        } else {
            cut();
            head.release();
        }
        return written;
    }

    private void cut() {
        int length = out.position() - cutFrom;
        if (length > 0) {
            pieces.add(head.retainedSlice(cutFrom - origin, length));
            cutFrom = out.position();
        }
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof FetchedRecords fetched) {
            if (fetched.sizeInBytes() > 0 && !fetched.takeOver()) {
                throw new IllegalStateException("records were sent or released before");
            }
            List<FetchedRecords.Part> parts = fetched.parts();
            boolean copy = fetched.sizeInBytes() <= MAX_COPIED_BYTES;
            for (int i = 0; i < parts.size(); i++) {
                writePart(parts.get(i), copy);
            }
        } else {
            Writable.super.writeRecords(records);
        }
    }

    private void writePart(FetchedRecords.Part part, boolean copy) {
        int size = part.size();
        if (part instanceof FetchedRecords.WhenSent && !copy) {
            pieces.add(part);
        } else if (size == 0) {
            part.release();
        } else if (part instanceof FetchedRecords.Bytes bytes) {
            ByteBuf buffer = bytes.buffer();
            if (copy) {
                int limit = out.limit();
                out.limit(out.position() + size);
                buffer.getBytes(buffer.readerIndex(), out);
                out.limit(limit);
                buffer.release();
            } else {
                detach(buffer, size);
            }
        } else {
            detach(part, size);
        }
    }

    private void detach(Object piece, int size) {
        cut();
        pieces.add(piece);
        detachedBytes += size;
    }

    @Override
    public void writeByteBuffer(ByteBuffer buffer) {
        int size = buffer.remaining();
        if (size <= MAX_COPIED_BYTES) {
            out.put(buffer.duplicate());
        } else {
            detach(Unpooled.wrappedBuffer(buffer), size);
        }
    }

    @Override
    public void writeByte(byte value) {
        out.put(value);
    }

    @Override
    public void writeShort(short value) {
        out.putShort(value);
    }

    @Override
    public void writeInt(int value) {
        out.putInt(value);
    }

    @Override
    public void writeLong(long value) {
        out.putLong(value);
    }

    @Override
    public void writeDouble(double value) {
        out.putDouble(value);
    }

    @Override
    public void writeByteArray(byte[] value) {
        out.put(value);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        ByteUtils.writeUnsignedVarint(value, out);
    }

    @Override
    public void writeVarint(int value) {
        ByteUtils.writeVarint(value, out);
    }

    @Override
    public void writeVarlong(long value) {
        ByteUtils.writeVarlong(value, out);
    }
}
