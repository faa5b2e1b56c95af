package io.braid.protocol.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Cuts what a connection receives into frames. Owned by the connection's event loop.
 *
 * <p>It chooses the buffer of each read from the socket. While the length of the next frame is not known, that is a small
 * chunk, and frames that lie in it whole are handed on from there. A larger frame gets a buffer of its own, of exactly its
 * size and four bytes for the length of the frame behind it, into which the socket is read without another copy.
 *
 * <p>A length is only a claim, so memory follows what a peer has shown: a frame gets its whole buffer at once up to twice
 * the largest frame that the connection has completed (but {@link #INITIAL_TRUST_BYTES} to {@link #MAX_TRUST_BYTES}); a
 * larger one starts with that much and doubles as it fills.
 */
final class FrameReader {
    static final int INITIAL_TRUST_BYTES = 16 << 10;

    static final int MAX_TRUST_BYTES = 4 << 20;

    private static final int LENGTH_BYTES = Integer.BYTES;
    private static final int MIN_CHUNK_BYTES = 2 << 10;
    private static final int MAX_CHUNK_BYTES = 64 << 10;
    private static final int LARGE_FRAME_BYTES = 32 << 10; // behind such frames, look for a length only
    private static final int LENGTH_CHUNK_BYTES = 256;

    /** Takes frames; on the event loop. */
    interface Handler {
        /** Whether the next frame may be begun. When not, the caller of {@link #resume} will know. */
        boolean ready();

        /** Whether a frame of this size is acceptable, asked before memory is given to it; 0 never is. */
        boolean accept(int frameBytes);

        /**
         * A frame is complete. The buffer is borrowed: retain it to keep it.
         *
         * @param chargedBytes what was counted for it in the caps on memory, for the handler to release
         */
        void onFrame(ByteBuf buffer, int index, int length, int chargedBytes);

        /** Nothing more will be read: the peer broke the framing, or there is no memory for what it sends. */
        void onViolation(String reason);
    }

    private final Handler handler;
    private final InFlightBytes inFlight;

    private ByteBuf chunk; // not parsed to its end because the handler was not ready, or while parsing; else null
    private ByteBuf frame; // a frame with a buffer of its own, partly filled; else null
    private int frameBytes; // size of `frame` when complete
    private int chargedBytes; // counted for `frame`
    private int length; // bytes of the next length field that have come, in its upper bytes' order
    private int lengthBytes; // how many
    private int nextChunkBytes = MIN_CHUNK_BYTES;
    private int largestFrameBytes;
    private boolean parsing;
    private boolean ended;

    FrameReader(Handler handler, InFlightBytes inFlight) {
        this.handler = handler;
        this.inFlight = inFlight;
    }

    /** The buffer for the next read from the socket, with a reference for the reader. */
    ByteBuf allocate(ByteBufAllocator allocator) {
        if (frame != null) {
            return frame.retain();
        }
        return allocator.directBuffer(nextChunkBytes, nextChunkBytes);
    }

    /** Takes what was read into the buffer of {@link #allocate}, with its reference. */
    @SuppressWarnings("ReferenceEquality") // equal contents do not make it the same buffer
    void onRead(ByteBuf buffer) {
        if (ended) {
            buffer.release();
        } else if (buffer == frame) {
            buffer.release();
            if (frame.writerIndex() >= frameBytes) {
                completeFrame();
            } else if (!frame.isWritable()) {
                grow();
            }
        } else {
            fill(buffer);
            adaptChunk(buffer);
            chunk = buffer;
            parse();
        }
    }

    /** Puts what another buffer brings (with TLS there is always one in between) into a frame that was begun. */
    private void fill(ByteBuf buffer) {
        while (frame != null && buffer.isReadable()) {
            int missing = frameBytes - frame.writerIndex();
            frame.writeBytes(buffer, Math.min(Math.min(missing, frame.writableBytes()), buffer.readableBytes()));
            if (frame.writerIndex() == frameBytes) {
                completeFrame();
            } else if (!frame.isWritable()) {
                grow();
            }
        }
    }

    /** Goes on with what was read before, after the handler was not ready. */
    void resume() {
        if (!ended && !parsing && chunk != null) {
            parse();
        }
    }

    /** Whether data was read that waits until the handler is ready. */
    boolean hasUnparsed() {
        return chunk != null;
    }

    /** Whether the peer owes the rest of a frame. */
    boolean insideFrame() {
        return frame != null || lengthBytes > 0;
    }

    /** Releases what is held. Later reads are dropped. */
    void end() {
        ended = true;
        releaseChunk();
        dropFrame();
    }

    private void parse() {
        parsing = true;
        try {
            parseChunk();
        } finally {
            parsing = false;
        }
    }

    private void parseChunk() {
        while (!ended && chunk.isReadable()) {
            if (!handler.ready()) {
                return;
            }
            if (!readLength(chunk)) {
                break;
            }
            int size = length;
            if (size <= chunk.readableBytes()) {
                lengthBytes = 0;
                inFlight.add(size);
                int index = chunk.readerIndex();
                chunk.skipBytes(size);
                largestFrameBytes = Math.max(largestFrameBytes, size);
                handler.onFrame(chunk, index, size, size);
            } else {
                beginFrame(chunk.alloc(), size, chunk.readableBytes());
                if (frame != null) {
                    frame.writeBytes(chunk);
                    if (!frame.isWritable()) {
                        grow(); // else the next read would have no room, now and for ever
                    }
                }
            }
        }
        releaseChunk();
    }

    /** Collects the length field from the buffer. False when it is not complete, or not acceptable. */
    private boolean readLength(ByteBuf from) {
        while (lengthBytes < LENGTH_BYTES) {
            if (!from.isReadable()) {
                return false;
            }
            length = length << Byte.SIZE | from.readUnsignedByte();
            lengthBytes++;
        }
        return handler.accept(length) || fail();
    }

    private boolean fail() {
        end();
        return false;
    }

    private void beginFrame(ByteBufAllocator allocator, int size, int availableBytes) {
        int trusted = Math.max(INITIAL_TRUST_BYTES, 2 * Math.min(largestFrameBytes, MAX_TRUST_BYTES / 2));
        int maxCapacity = Math.addExact(size, LENGTH_BYTES);
        int capacity = Math.min(maxCapacity, Math.max(trusted, availableBytes));
        lengthBytes = 0;
        inFlight.add(capacity);
        chargedBytes = capacity;
        frameBytes = size;
        try {
            frame = allocator.directBuffer(capacity, maxCapacity);
        } catch (OutOfMemoryError e) { // Netty's own limit on direct memory
            outOfMemory();
        }
    }

    private void grow() {
        int capacity = (int) Math.min(frame.maxCapacity(), 2L * frame.capacity());
        int more = capacity - frame.capacity();
        if (!inFlight.tryGrow(more)) {
            outOfMemory();
            return;
        }
        chargedBytes += more;
        try {
            frame.capacity(capacity);
        } catch (OutOfMemoryError e) {
            outOfMemory();
        }
    }

    private void outOfMemory() {
        String reason = "no memory for a frame of " + frameBytes + " bytes";
        if (frame == null) {
            inFlight.release(chargedBytes);
        }
        end();
        handler.onViolation(reason);
    }

    private void completeFrame() {
        ByteBuf complete = frame;
        int size = frameBytes;
        int charged = chargedBytes;
        frame = null;
        largestFrameBytes = Math.max(largestFrameBytes, size);
        nextChunkBytes = size >= LARGE_FRAME_BYTES ? LENGTH_CHUNK_BYTES : nextChunkBytes;
        complete.readerIndex(size);
        while (complete.isReadable()) {
            length = length << Byte.SIZE | complete.readUnsignedByte();
            lengthBytes++;
        }
        ByteBufAllocator allocator = complete.alloc();
        try {
            handler.onFrame(complete, 0, size, charged);
        } finally {
            complete.release();
        }
        // With the whole length of the next frame at hand, it can be read without a chunk in between.
        if (!ended && lengthBytes == LENGTH_BYTES && handler.ready()) {
            if (!handler.accept(length)) {
                end();
            } else if (length >= LARGE_FRAME_BYTES) {
                beginFrame(allocator, length, 0);
            }
        }
    }

    private void adaptChunk(ByteBuf buffer) {
        int read = buffer.readableBytes();
        if (read == buffer.capacity()) {
            nextChunkBytes = Math.min(MAX_CHUNK_BYTES, 4 * nextChunkBytes);
        } else if (read < buffer.capacity() / 4) {
            nextChunkBytes = Math.max(MIN_CHUNK_BYTES, nextChunkBytes / 2);
        }
    }

    private void releaseChunk() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    private void dropFrame() {
        if (frame != null) {
            frame.release();
            frame = null;
            inFlight.release(chargedBytes);
        }
    }
}
