package io.braid.log.rewrite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a file through a buffer, front to back, but for places that are filled in later. Owned by one thread; blocks. */
final class RewriteOutput implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    /** Position in the file of the buffer's first byte. */
    private long flushed;

    RewriteOutput(Path file) throws IOException {
        channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    /** Where the next byte goes. */
    long position() {
        return flushed + buffer.position();
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int limit = bytes.limit();
            bytes.limit(Math.min(limit, bytes.position() + buffer.remaining()));
            buffer.put(bytes);
            bytes.limit(limit);
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }

    void zeros(long count) throws IOException {
        for (long left = count; left > 0; ) {
            int some = (int) Math.min(left, buffer.remaining());
            for (int i = 0; i < some; i++) {
                buffer.put((byte) 0);
            }
            left -= some;
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }

    /** Fills in what was written as zeros before. */
    void fill(long position, ByteBuffer bytes) throws IOException {
        if (position < flushed) {
            int limit = bytes.limit();
            bytes.limit((int) Math.min(limit, bytes.position() + flushed - position));
            long at = position;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
            bytes.limit(limit);
        }
        if (bytes.hasRemaining()) {
            int at = (int) (Math.max(position, flushed) - flushed);
            buffer.put(at, bytes, bytes.position(), bytes.remaining());
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            flushed += channel.write(buffer, flushed);
        }
        buffer.clear();
    }

    void force() throws IOException {
        flush();
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
