package io.braid.perf.measure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When the records of an open loop are due: at an even rate from a start, whatever became of those before. Times taken from when a
 * record was due, and not from when it was sent, show what a stall did to those that it held up ("coordinated omission", Gil Tene).
 * Immutable.
 *
 * @param startNs of the first, in the time of {@link System#nanoTime}
 * @param recordsPerSecond at least 1
 */
public record FixedSchedule(long startNs, long recordsPerSecond) {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    public FixedSchedule {
        if (recordsPerSecond < 1) {
            throw new IllegalArgumentException("not a rate: " + recordsPerSecond);
        }
    }

    /** When a record is due; the first is number 0. */
    public long dueNs(long number) {
        long seconds = number / recordsPerSecond;
        return startNs + seconds * SECOND_NS + number % recordsPerSecond * SECOND_NS / recordsPerSecond;
    }

    /** Waits until a record is due, and returns that time; at once when it is past. The wait ends some 50 us late on Linux. */
    public long await(long number) {
        long dueNs = dueNs(number);
        for (long left = dueNs - System.nanoTime(); left > 0; left = dueNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return dueNs;
    }
}
