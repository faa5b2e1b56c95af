package io.braid.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {

    private static Sample of(Double... values) {
        return Sample.of(List.of(values)).orElseThrow();
    }

    @Test
    void theMedianOfAnOddNumberIsTheOneInTheMiddle() {
        assertThat(of(9.0, 1.0, 5.0)).isEqualTo(new Sample(5, 1, 9, 3));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
        assertThat(of(1.0, 8.0, 2.0, 4.0).median()).isEqualTo(3);
    }

    @Test
    void nothingHasNoMedian() {
        assertThat(Sample.of(List.of())).isEmpty();
    }

    @Test
    void rangesThatTouchOverlap() {
        assertThat(of(1.0, 2.0).overlaps(of(2.0, 3.0))).isTrue();
        assertThat(of(1.0, 2.0).overlaps(of(2.1, 3.0))).isFalse();
        assertThat(of(1.0, 9.0).overlaps(of(4.0, 5.0))).isTrue();
    }

    @Test
    void numbersKeepTheDigitsThatMeanSomething() {
        assertThat(List.of(1_234_567.0, 723.4, 72.34, 7.234, 0.7234, 0.0, 19_850.0).stream()
                        .map(Sample::number))
                .containsExactly("1,234,567", "723", "72.3", "7.23", "0.723", "0", "19,850");
    }

    @Test
    void oneRunHasNoRange() {
        assertThat(of(5.5).text()).isEqualTo("5.50");
        assertThat(of(5.5, 6.5).text()).isEqualTo("6 (5.50-6.50)");
    }
}
