package io.braid.client.producer;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * A piece of the producer's memory, shared by the batches of one broker. Guarded by the producer's lock but for the bytes of
 * batches that are closed, which do not change any more.
 */
final class Chunk {
    private final ByteBuf buffer;
    private final ByteBuffer bytes;
    private int used;
    private int pins = 1; // whoever allocated it, and each run in it

    Chunk(ByteBuf buffer) {
        this.buffer = buffer;
        this.bytes = buffer.internalNioBuffer(0, buffer.capacity()).slice();
    }

    int capacity() {
        return bytes.capacity();
    }

    int used() {
        return used;
    }

    int room() {
        return bytes.capacity() - used;
    }

    /** Sets the next bytes aside; the caller has looked whether there is room. */
    int take(int size) {
        int from = used;
        used += size;
        return from;
    }

    void reset() {
        used = 0;
    }

    void pin() {
        pins++;
    }

    /** Whether that was the last one. */
    boolean unpin() {
        return --pins == 0;
    }

    int pins() {
        return pins;
    }

    /** For writing; its position and limit are nobody's. */
    ByteBuffer writer() {
        return bytes;
    }

    /** A view of its own for whoever reads closed batches. */
    ByteBuffer view(int from, int length) {
        return bytes.slice(from, length);
    }

    /** With a reference of its own. */
    ByteBuf slice(int from, int length) {
        return buffer.retainedSlice(from, length);
    }

    void release() {
        buffer.release();
    }
}
