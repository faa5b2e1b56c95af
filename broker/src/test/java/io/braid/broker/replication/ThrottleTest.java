package io.braid.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;

    private final Throttle throttle = new Throttle(1_000_000);

    @Test
    void whatRunsAheadByMoreThanATenthOfASecondWaits() {
        assertThat(throttle.delayNs(0)).isZero();
        throttle.add(100_000, 0);
        assertThat(throttle.delayNs(0)).isZero();
        throttle.add(100_000, 0);
        assertThat(throttle.delayNs(0)).isEqualTo(100 * MS);
        assertThat(throttle.delayNs(100 * MS)).isZero();
    }

    @Test
    void anotherRateHoldsForWhatIsNotPaidForYet() {
        throttle.add(10_100_000, 0);
        assertThat(throttle.delayNs(0)).isEqualTo(10 * SECOND);

        throttle.rate(10_000_000, 100 * MS);
        assertThat(throttle.delayNs(100 * MS)).isEqualTo(900 * MS);
        throttle.rate(Long.MAX_VALUE, 100 * MS);
        assertThat(throttle.delayNs(100 * MS)).isZero();
    }

    @Test
    void overTimeItIsTheRateAndIdleTimeIsNotSaved() {
        long now = -5 * SECOND; // nanoTime may be anything
        throttle.add(1, now);
        now += 60 * SECOND;
        long began = now;
        for (int i = 0; i < 100; i++) {
            now += throttle.delayNs(now);
            throttle.add(65_536, now);
        }
        assertThat((now - began) / MS).isBetween(100 * 65_536 / 1_000 - 300L, 100 * 65_536 / 1_000L);
    }
}
