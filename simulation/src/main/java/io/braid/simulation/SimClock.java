package io.braid.simulation;

/** A machine's clock: it began somewhere, and runs a little fast or slow. */
final class SimClock {
    private final Timeline timeline;
    private final long offsetUs;
    private final double rate;

    /** @param rate its microseconds in one true microsecond */
    SimClock(Timeline timeline, long offsetUs, double rate) {
        this.timeline = timeline;
        this.offsetUs = offsetUs;
        this.rate = rate;
    }

    long nowNs() {
        return (long) ((offsetUs + timeline.nowUs() * rate) * 1000);
    }

    long nowMs() {
        return nowNs() / 1_000_000;
    }

    /** True microseconds until this clock has gone on by {@code ms}. */
    long toTrueUs(long ms) {
        return (long) (ms * 1000 / rate);
    }
}
