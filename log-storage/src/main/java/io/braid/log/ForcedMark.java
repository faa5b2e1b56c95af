package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Remembers in 16 bytes up to where a log was forced: by that, recovery tells damage from an unsynced tail even when nothing
 * was appended after the last force. Not forced itself, as an older mark is still true. Layout, big-endian: int64
 * {@link LogPosition}, uint32 CRC32C of it, uint32 zero. Used by one thread at a time.
 */
final class ForcedMark implements AutoCloseable {
    private static final int SIZE = 16;

    private final Path file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
    private FileChannel channel;

    ForcedMark(Path file) {
        this.file = file;
    }

    /** The mark, 0 when there is none or it is damaged. */
    static long read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        return bytes.capacity() == SIZE && bytes.getInt(Long.BYTES) == crc(bytes) ? bytes.getLong(0) : 0;
    }

    void write(long forced) throws IOException {
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        buffer.clear().putLong(0, forced).putInt(Long.BYTES, crc(buffer)).putInt(Long.BYTES + Integer.BYTES, 0);
        channel.write(buffer, 0);
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().clear().limit(Long.BYTES));
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
