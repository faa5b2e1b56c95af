package io.braid.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedScheduleTest {

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0",
        "1, 3, 3000000000",
        "3, 1, 333333333",
        "3, 3, 1000000000",
        "7, 700000000, 100000000000000000",
        "1000000, 1500001, 1500001000"
    })
    void recordsAreDueAtAnEvenRateWithoutDrift(long rate, long number, long expected) {
        FixedSchedule schedule = new FixedSchedule(0, rate);

        assertThat(schedule.dueNs(number)).isEqualTo(expected);
    }

    @Test
    void awaitReturnsWhenItIsDueAndNotBefore() {
        FixedSchedule schedule = new FixedSchedule(System.nanoTime(), 500);

        for (int number = 0; number < 20; number++) {
            assertThat(schedule.await(number)).isEqualTo(schedule.dueNs(number));
            assertThat(System.nanoTime() - schedule.dueNs(number)).isNotNegative();
        }
    }

    @Test
    void scheduleGoesOnAfterAStallAsIfThereHadBeenNone() {
        FixedSchedule schedule = new FixedSchedule(System.nanoTime() - 10_000_000_000L, 100);

        assertThat(schedule.await(999)).isEqualTo(schedule.startNs() + 9_990_000_000L);
    }

    @Test
    void noRateIsNone() {
        assertThatThrownBy(() -> new FixedSchedule(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
