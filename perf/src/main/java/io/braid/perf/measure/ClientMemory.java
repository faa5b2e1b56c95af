package io.braid.perf.measure;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds at a moment.
 *
 * @param heapBytes in use; after a full collection only where {@link #afterGc} made it
 * @param directBytes outside of the heap: buffers of the JDK, and Netty's
 * @param rssBytes resident, of the whole process; -1 where /proc does not tell
 * @param threads that live
 */
public record ClientMemory(long heapBytes, long directBytes, long rssBytes, int threads) {

    /** As it is. */
    public static ClientMemory now() {
        return new ClientMemory(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                directNow(),
                residentBytes(),
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /** After a full collection, which this asks for: it stops all threads for as long as that takes. */
    public static ClientMemory afterGc() {
        ManagementFactory.getMemoryMXBean().gc();
        return now();
    }

    private static long residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    private static long directNow() {
        long jdk = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        // Netty counts only what it takes past the JDK's own counting; -1 when it does no such thing.
        return jdk + Math.max(0, PlatformDependent.usedDirectMemory());
    }
}
