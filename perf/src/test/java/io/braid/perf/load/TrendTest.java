package io.braid.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final int COUNT = 60;

    private final double[] seconds = new double[COUNT];
    private final double[] values = new double[COUNT];

    TrendTest() {
        for (int i = 0; i < COUNT; i++) {
            seconds[i] = 10 * i;
        }
    }

    @Test
    void leakIsSeenThroughNoise() {
        Random random = new Random(1);
        for (int i = 0; i < COUNT; i++) {
            values[i] = 100 + 0.1 * seconds[i] + random.nextDouble();
        }

        Trend trend = Trend.of(seconds, values);

        assertThat(trend.perSecond()).isCloseTo(0.1, within(0.005));
        assertThat(trend.growth()).isCloseTo(39, within(2.0)); // over two thirds of 590 s
    }

    @Test
    void warmingUpAndSomeWildValuesAreNoGrowth() {
        Random random = new Random(2);
        for (int i = 0; i < COUNT; i++) {
            values[i] = i < 15 ? 10 * i : 150 + random.nextDouble() + (i % 9 == 0 ? 1_000 : 0);
        }

        assertThat(Trend.of(seconds, values).growth()).isCloseTo(0, within(1.0));
    }

    @Test
    void fewValuesHaveNoTrend() {
        assertThatThrownBy(() -> Trend.of(new double[Trend.LEAST_VALUES - 1], new double[Trend.LEAST_VALUES - 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
