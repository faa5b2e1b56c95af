package io.braid.log;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Mapped bytes of a segment's file that keep the file, and so its mapping, as long as somebody refers to them or to a slice. One
 * reference belongs to who made it.
 */
final class MappedRun extends CompositeByteBuf {
    private final SegmentFile file;

    /** @param bytes of the file's mapping. The file gets a reference. */
    MappedRun(ByteBufAllocator alloc, SegmentFile file, ByteBuffer bytes) {
        super(alloc, true, 1);
        file.retain();
        this.file = file;
        addComponent(true, Unpooled.wrappedBuffer(bytes));
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        file.release();
    }
}
