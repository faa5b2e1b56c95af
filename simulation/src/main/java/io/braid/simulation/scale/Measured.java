package io.braid.simulation.scale;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * What an operation costs when it is repeated on the same input.
 *
 * @param ns processor time of the thread, median: without waiting for a processor or a disk; what others do to the caches shows
 * @param allocatedBytes least of all repetitions; does not depend on what else runs
 */
record Measured(long ns, long allocatedBytes) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 3;
    /** Enough of them, so that the garbage of others does not show. */
    private static final long RETAINED_BYTES = 48 << 20;

    private static final int MAX_COPIES = 20_000;

    /** Objects that results go to, so that no compiler leaves the work out. */
    @SuppressWarnings("unused")
    private static volatile Object sink;

    double us() {
        return ns / 1e3;
    }

    static Measured of(int repetitions, Supplier<?> operation) {
        long[] times = new long[repetitions];
        long least = Long.MAX_VALUE;
        for (int i = -WARM_UP; i < repetitions; i++) {
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long began = THREADS.getCurrentThreadCpuTime();
            sink = operation.get();
            long took = THREADS.getCurrentThreadCpuTime() - began;
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - allocated);
            if (i >= 0) {
                times[i] = took;
            }
        }
        sink = null;
        Arrays.sort(times);
        return new Measured(times[repetitions / 2], least);
    }

    /** A single run, with its result dropped. */
    static Measured once(Runnable operation) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long began = THREADS.getCurrentThreadCpuTime();
        operation.run();
        return new Measured(
                THREADS.getCurrentThreadCpuTime() - began, THREADS.getCurrentThreadAllocatedBytes() - allocated);
    }

    /** Bytes of heap that each made object keeps alive, beside what was there before. */
    static long retained(Supplier<?> make) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        sink = make.get();
        allocated = Math.max(16, THREADS.getCurrentThreadAllocatedBytes() - allocated);
        sink = null;
        Object[] kept = new Object[(int) Math.max(1, Math.min(MAX_COPIES, RETAINED_BYTES / allocated))];
        long before = usedHeap();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = make.get();
        }
        sink = kept;
        long bytes = (usedHeap() - before) / kept.length;
        sink = null;
        return bytes;
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 2; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
