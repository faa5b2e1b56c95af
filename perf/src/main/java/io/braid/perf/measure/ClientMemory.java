package io.braid.perf.measure;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

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
        long rss;
        try {
            rss = NodeProcessFigures.process(ProcessHandle.current().pid()).getOrDefault("rssBytes", -1L);
        } catch (IOException e) {
            rss = -1;
        }
        return new ClientMemory(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                directNow(),
                rss,
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /** After a full collection, which this asks for: it stops all threads for as long as that takes. */
    public static ClientMemory afterGc() {
        ManagementFactory.getMemoryMXBean().gc();
        return now();
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
