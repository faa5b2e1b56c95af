package io.braid.perf.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What was used between two moments: by the brokers whose pids are known, by this process, and by everything else on the machine,
 * which tells how quiet it was. Owned by one thread.
 */
public final class UsageWindow {
    private static final double MICROS = 1e6;
    private static final double GB = 1e9;

    private final List<Long> pids;
    private final long startedNs = System.nanoTime();
    private final double brokerBefore;
    private final double clientBefore;
    private final double machineBefore;
    private final long allocatedBefore;
    private final long gcMsBefore;

    private UsageWindow(List<Long> pids) {
        this.pids = List.copyOf(pids);
        brokerBefore = NodeProcessFigures.cpuSeconds(pids);
        clientBefore = clientCpuSeconds();
        machineBefore = NodeProcessFigures.machineCpuSeconds();
        allocatedBefore = allocatedBytes();
        gcMsBefore = gcMs();
    }

    /**
     * Begins now.
     *
     * @param pids of the brokers; without, figures of brokers are null
     */
    public static UsageWindow start(List<Long> pids) {
        return new UsageWindow(pids);
    }

    /** What was used from the start until now. */
    public Usage stop() {
        double seconds = (System.nanoTime() - startedNs) / 1e9;
        double broker = pids.isEmpty() ? Double.NaN : NodeProcessFigures.cpuSeconds(pids) - brokerBefore;
        double client = clientCpuSeconds() - clientBefore;
        double machine = NodeProcessFigures.machineCpuSeconds() - machineBefore;
        return new Usage(seconds, broker, client, machine, allocatedBytes() - allocatedBefore, gcMs() - gcMsBefore);
    }

    /**
     * What was used in a window.
     *
     * @param brokerCpuSeconds of all brokers; NaN when not known
     * @param clientCpuSeconds of this process, compilers and collectors included
     * @param machineCpuSeconds of all that runs
     * @param clientAllocatedBytes on the heap, by the threads that live at the end
     * @param clientGcMs in which collectors worked
     */
    public record Usage(
            double seconds,
            double brokerCpuSeconds,
            double clientCpuSeconds,
            double machineCpuSeconds,
            long clientAllocatedBytes,
            long clientGcMs) {

        /**
         * Adds {@code cpuSecondsPerGb}, {@code cpuMicrosPerRecord} (brokers), {@code clientCpuSecondsPerGb}, {@code
         * clientCpuMicrosPerRecord}, {@code clientAllocatedBytesPerRecord}, {@code clientGcMs}, {@code cpuPercent}, {@code
         * clientCpuPercent} and {@code otherCpuPercent}, 100 being a core.
         *
         * @param bytes of values
         */
        public void putInto(ResultLine line, long records, long bytes) {
            line.put("cpuSecondsPerGb", brokerCpuSeconds * GB / bytes);
            line.put("cpuMicrosPerRecord", brokerCpuSeconds * MICROS / records);
            line.put("clientCpuSecondsPerGb", clientCpuSeconds * GB / bytes);
            line.put("clientCpuMicrosPerRecord", clientCpuSeconds * MICROS / records);
            line.put("clientAllocatedBytesPerRecord", (double) clientAllocatedBytes / records);
            line.put("clientGcMs", clientGcMs);
            line.put("cpuPercent", 100 * brokerCpuSeconds / seconds);
            line.put("clientCpuPercent", 100 * clientCpuSeconds / seconds);
            double known = clientCpuSeconds + (Double.isNaN(brokerCpuSeconds) ? 0 : brokerCpuSeconds);
            // The machine counts in ticks of 10 ms and may be a little behind.
            line.put("otherCpuPercent", Math.max(0, 100 * (machineCpuSeconds - known) / seconds));
        }
    }

    /** CPU seconds that this process has used. */
    private static double clientCpuSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
    }

    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes); // -1 for a thread that ended meanwhile
        }
        return sum;
    }

    private static long gcMs() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }
}
