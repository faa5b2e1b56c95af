package io.braid.log;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A read-only mapping of a segment's file, up to 2 GiB of it. Reading it spares the copy that a read makes. It is given back at a
 * known moment, as a deleted file keeps its space as long as it is mapped. Thread-safe.
 */
final class FileMapping {
    private final MappedByteBuffer bytes;

    private FileMapping(MappedByteBuffer bytes) {
        this.bytes = bytes;
    }

    static FileMapping of(FileChannel file) throws IOException {
        return new FileMapping(file.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(file.size(), Integer.MAX_VALUE)));
    }

    boolean covers(long position, long length) {
        return position + length <= bytes.capacity();
    }

    /** A range of the file, big-endian; nobody may touch it after {@link #unmap}. */
    ByteBuffer range(long position, int length) {
        return bytes.slice((int) position, length);
    }

    /** Whether all pages of a range are in memory. One mincore call, never a page fault. */
    boolean resident(long position, int length) {
        return bytes.slice((int) position, length).isLoaded();
    }

    /** Gives the mapping back, at once where the JVM lets us, else when the garbage collector comes by. */
    void unmap() {
        Unmapper.unmap(bytes);
    }

    /** The JDK unmaps on demand through one internal method only. */
    private static final class Unmapper {
        private static final Object UNSAFE = unsafe();

        private static Object unsafe() {
            try {
                Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
                field.setAccessible(true);
                return field.get(null);
            } catch (ReflectiveOperationException | RuntimeException e) {
                return null;
            }
        }

        static void unmap(ByteBuffer mapped) {
            if (UNSAFE == null) {
                return;
            }
            try {
                Method clean = UNSAFE.getClass().getMethod("invokeCleaner", ByteBuffer.class);
                clean.invoke(UNSAFE, mapped);
            } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
                // Left to the garbage collector.
            }
        }
    }
}
