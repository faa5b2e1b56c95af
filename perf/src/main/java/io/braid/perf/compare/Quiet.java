package io.braid.perf.compare;

import io.braid.perf.measure.NodeProcessFigures;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits until a machine has nothing else to do. Stateless; blocks. */
final class Quiet {
    private static final long LOOK_MS = 1_500;
    private static final double QUIET_PERCENT = 15;

    private Quiet() {}

    /**
     * Returns when what runs beside the nodes uses less than 15 % of a core, or the limit has passed.
     *
     * @param nodes whose own work does not count: it is theirs
     * @return percent of a core that was used at the last look
     */
    static double await(List<Long> nodes, Duration limit) throws InterruptedException {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (true) {
            double machine = NodeProcessFigures.machineCpuSeconds();
            double own = NodeProcessFigures.cpuSeconds(nodes);
            long startedNs = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            double seconds = (System.nanoTime() - startedNs) / 1e9;
            double others = NodeProcessFigures.machineCpuSeconds() - machine;
            others -= NodeProcessFigures.cpuSeconds(nodes) - own;
            double percent = Math.max(0, 100 * others / seconds);
            if (percent < QUIET_PERCENT || System.nanoTime() - deadlineNs >= 0) {
                return percent;
            }
        }
    }
}
