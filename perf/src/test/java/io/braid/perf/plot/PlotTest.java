package io.braid.perf.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlotTest {

    private static Plot plot(double... values) {
        List<Plot.Point> points =
                Arrays.stream(values).mapToObj(y -> new Plot.Point(1, y)).toList();
        Plot.Axis axis = new Plot.Axis("a", true);
        return new Plot("p", "p", axis, axis, List.of(new Plot.Series("s", 0, Plot.Line.SOLID, points)));
    }

    private static BarPlot bars(Double... values) {
        List<String> categories = Arrays.stream(values).map(String::valueOf).toList();
        return new BarPlot(
                "b", "b", categories, "y", true, List.of(new BarPlot.Series("s", Arrays.asList(values))));
    }

    @Test
    void aLogarithmicAxisEndsAtPowersOfTen() {
        assertThat(plot(20, 350).yFloor()).isEqualTo(10);
        assertThat(plot(20, 350).yCeiling()).isEqualTo(1000);
        assertThat(plot(0.25).yFloor()).isEqualTo(0.1);
        assertThat(plot(1000).yCeiling()).isEqualTo(10_000);
    }

    @Test
    void barsStandOnThePowerOfTenBelowTheLeast() {
        assertThat(bars(630.0, null, 10_500.0).floor()).isEqualTo(100);
        assertThat(bars(100.0).floor()).isEqualTo(10);
        assertThat(bars(0.27).floor()).isEqualTo(0.1);
    }

    @Test
    void aSeriesHasAValueForEachCategory() {
        assertThatThrownBy(() -> new BarPlot(
                        "b", "b", List.of("one"), "y", false, List.of(new BarPlot.Series("s", List.of(1.0, 2.0)))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
