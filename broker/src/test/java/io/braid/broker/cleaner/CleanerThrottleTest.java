package io.braid.broker.cleaner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import org.junit.jupiter.api.Test;

class CleanerThrottleTest {
    private long nowNanos;
    private long pausedNanos;

    private CleanerThrottle throttle(double bytesPerSecond) {
        return new CleanerThrottle(bytesPerSecond, () -> nowNanos, nanos -> {
            pausedNanos += nanos;
            nowNanos += nanos;
        });
    }

    @Test
    void keepsToTheRateInTheLongRun() throws Exception {
        CleanerThrottle throttle = throttle(1000);
        for (int i = 0; i < 100; i++) {
            throttle.spend(50);
        }
        assertThat(pausedNanos).isBetween(4_990_000_000L, 5_000_000_000L);
    }

    @Test
    void doesNotPauseBelowTheRate() throws Exception {
        CleanerThrottle throttle = throttle(1000);
        for (int i = 0; i < 100; i++) {
            throttle.spend(4);
            nowNanos += 4_000_000;
        }
        assertThat(pausedNanos).isZero();
    }

    @Test
    void doesNotPauseWithoutALimit() throws Exception {
        throttle(Double.MAX_VALUE).spend(Long.MAX_VALUE);
        assertThat(pausedNanos).isZero();
    }

    @Test
    void anInterruptEndsThePass() {
        CleanerThrottle throttle = throttle(1000);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> throttle.spend(1)).isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
