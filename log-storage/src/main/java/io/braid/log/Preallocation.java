package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jnr.ffi.LibraryLoader;
import net.openhft.posix.PosixAPI;

/**
 * Makes the file of a segment before it is needed, with all its blocks allocated, so that a full disk shows here as an error
 * and not as a fault in mapped memory. Stateless; any thread; takes up to some ten ms.
 */
final class Preallocation {
    private static final int O_RDWR = 2;

    /** Written, so that the pages that are touched first through a mapping are in memory and no fault reads around. */
    private static final int HEAD_BYTES = 64 << 10;

    private Preallocation() {}

    /**
     * Makes {@code file} with {@code allocatedBytes} of blocks and, beyond them, a hole up to {@code lengthBytes} (what
     * Chronicle maps but never writes).
     *
     * @throws LogFullException there is no space; no file is left behind
     */
    static void allocate(Path file, long allocatedBytes, long lengthBytes) throws IOException {
        Path making = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                    making,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                allocateBlocks(making, allocatedBytes);
                channel.write(ByteBuffer.allocateDirect(HEAD_BYTES), 0);
                if (lengthBytes > allocatedBytes) {
                    channel.write(ByteBuffer.allocate(1), lengthBytes - 1);
                }
            }
            Files.move(making, file);
        } catch (IOException e) {
            Files.deleteIfExists(making);
            if (isNoSpace(e)) {
                throw new LogFullException("no space for a segment of " + allocatedBytes + " bytes: " + e.getMessage());
            }
            throw e;
        }
    }

    static boolean isNoSpace(IOException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof LogFullException
                || message.contains("No space left")
                || message.contains("Disk quota exceeded");
    }

    private static void allocateBlocks(Path file, long bytes) throws IOException {
        long usable = Files.getFileStore(file).getUsableSpace();
        if (usable < bytes) {
            throw new LogFullException("no space left: " + usable + " bytes free, " + bytes + " wanted");
        }
        if (!Native.allocate(file, bytes)) {
            // The reason is not known for sure; writing gives the true one, if it fails at all.
            writeZeros(file, bytes);
        }
    }

    /** What the C library must offer. */
    public interface LibC {
        int fallocate(int fd, int mode, long offset, long length);
    }

    /**
     * Calls fallocate itself: Chronicle's binding falls back to posix_fallocate when it fails, which was seen to spin for ever on a
     * full tmpfs.
     */
    private static final class Native {
        private static final LibC LIB_C = load();

        private static LibC load() {
            try {
                return LibraryLoader.create(LibC.class).failImmediately().load("c");
            } catch (RuntimeException | LinkageError e) {
                return (fd, mode, offset, length) -> -1;
            }
        }

        static boolean allocate(Path file, long bytes) throws IOException {
            PosixAPI posix = PosixAPI.posix();
            int fd = posix.open(file.toString(), O_RDWR, 0);
            if (fd < 0) {
                throw new IOException("cannot open " + file);
            }
            try {
                return LIB_C.fallocate(fd, 0, 0, bytes) == 0;
            } finally {
                posix.close(fd);
            }
        }
    }

    /** For file systems without fallocate. */
    private static void writeZeros(Path file, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(64 << 10);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long at = 0; at < bytes; ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
                at += channel.write(zeros, at);
            }
        }
    }
}
