package io.braid.broker.replication;

/**
 * Bytes a second, allowed to run ahead by a tenth of a second. Thread-safe: the copies of one node share it. The rate may change
 * at any time; what is not paid for yet is paid for at the new one.
 */
final class Throttle {
    private static final double NS_PER_SECOND = 1e9;
    private static final long AHEAD_NS = 100_000_000;

    private double bytesPerSecond;
    private long paidUntilNs;
    private boolean used;

    Throttle(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    synchronized void rate(long newBytesPerSecond, long nowNs) {
        long owedNs = used ? Math.max(0, paidUntilNs - nowNs) : 0;
        paidUntilNs = nowNs + (long) Math.min(Long.MAX_VALUE / 4.0, owedNs * (bytesPerSecond / newBytesPerSecond));
        bytesPerSecond = newBytesPerSecond;
    }

    /** Counts bytes that have come. */
    synchronized void add(long bytes, long nowNs) {
        long from = used && paidUntilNs - nowNs > 0 ? paidUntilNs : nowNs;
        used = true;
        paidUntilNs = from + (long) Math.min(Long.MAX_VALUE / 4.0, bytes / bytesPerSecond * NS_PER_SECOND);
    }

    /** How long to wait before more is asked for, 0 for not at all. */
    synchronized long delayNs(long nowNs) {
        return used ? Math.max(0, paidUntilNs - nowNs - AHEAD_NS) : 0;
    }
}
