package io.braid.protocol.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/** Lets a connection's {@link FrameReader} choose what the socket is read into. */
final class FrameAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
    private final FrameReader reader;

    FrameAllocator(FrameReader reader) {
        this.reader = reader;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return reader.allocate(allocator);
            }

            @Override
            public int guess() {
                return 0; // only asked by the allocate above it
            }
        };
    }
}
