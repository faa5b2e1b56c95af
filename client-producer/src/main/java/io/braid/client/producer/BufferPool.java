package io.braid.client.producer;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The producer's memory: chunks of one size, larger ones for larger records, and a count of what records cost besides. Never
 * more than its limit. Guarded by the producer's lock.
 */
final class BufferPool {
    private static final int MAX_FREE_CHUNKS = 16;

    private final ByteBufAllocator allocator;
    private final long limitBytes;
    private final int chunkBytes;
    private final ArrayDeque<Chunk> free = new ArrayDeque<>(); // counted as used
    private long usedBytes;
    private boolean closed;

    BufferPool(ByteBufAllocator allocator, long limitBytes, int chunkBytes) {
        this.allocator = allocator;
        this.limitBytes = limitBytes;
        this.chunkBytes = chunkBytes;
    }

    /** What is in use, without the chunks that are kept for the next. */
    long usedBytes() {
        return usedBytes - (long) free.size() * chunkBytes;
    }

    long limitBytes() {
        return limitBytes;
    }

    /** A chunk with room for so much, with one pin; empty when there is no memory. */
    Optional<Chunk> chunk(int atLeast) {
        if (atLeast <= chunkBytes) {
            Chunk kept = free.pollLast();
            if (kept != null) {
                kept.reset();
                kept.pin();
                return Optional.of(kept);
            }
        }
        int size = Math.max(atLeast, chunkBytes);
        while (usedBytes + size > limitBytes && !free.isEmpty()) {
            drop(free.pollFirst());
        }
        if (usedBytes + size > limitBytes) {
            return Optional.empty();
        }
        usedBytes += size;
        return Optional.of(new Chunk(allocator.directBuffer(size, size)));
    }

    /** A chunk that is needed whatever the limit says: for what has to be copied in order to become smaller. */
    Chunk chunkBeyondLimit(int size) {
        usedBytes += size;
        return new Chunk(allocator.directBuffer(size, size));
    }

    /** Counts bytes on the heap; false when there is no memory. */
    boolean charge(int bytes) {
        if (usedBytes + bytes > limitBytes && !free.isEmpty()) {
            drop(free.pollFirst());
        }
        if (usedBytes + bytes > limitBytes) {
            return false;
        }
        usedBytes += bytes;
        return true;
    }

    void uncharge(long bytes) {
        usedBytes -= bytes;
    }

    void unpin(Chunk chunk) {
        if (chunk.unpin()) {
            if (!closed && chunk.capacity() == chunkBytes && free.size() < MAX_FREE_CHUNKS) {
                free.addLast(chunk);
            } else {
                drop(chunk);
            }
        }
    }

    private void drop(Chunk chunk) {
        usedBytes -= chunk.capacity();
        chunk.release();
    }

    /** Gives back what nobody uses; the rest follows as it is unpinned. */
    void close() {
        closed = true;
        free.forEach(this::drop);
        free.clear();
    }
}
