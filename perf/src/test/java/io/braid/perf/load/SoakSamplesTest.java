package io.braid.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.load.SoakSamples.Bounds;
import io.braid.perf.measure.ClientMemory;
import io.braid.perf.measure.JsonLine;
import io.braid.perf.measure.ResultLine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SoakSamplesTest {
    private static final long MIB = 1 << 20;
    private static final Bounds BOUNDS = new Bounds(8 * MIB, 8 * MIB, 128 * MIB, 1);

    private final SoakSamples samples = new SoakSamples();

    private void sample(long heapMib, long directMib, long rssMib, int threads) {
        samples.add(samples.size() * 10.0, new ClientMemory(heapMib * MIB, directMib * MIB, rssMib * MIB, threads));
    }

    @Test
    void whatStaysIsGood() {
        for (int i = 0; i < 30; i++) {
            sample(50 + i % 3, 70, 400 + i, 20);
        }

        assertThat(samples.enough()).isTrue();
        assertThat(samples.problem(BOUNDS)).isEmpty();
    }

    @Test
    void eachThingThatGrowsIsNamed() {
        for (int i = 0; i < 30; i++) {
            sample(50 + i, 70 + 2 * i, 400 + 10 * i, 20 + i);
        }

        assertThat(samples.problem(BOUNDS))
                .contains("heap grew by 19.0 MiB")
                .contains("direct memory grew by 38.0 MiB")
                .contains("resident memory grew by 190.0 MiB")
                .contains("threads grew by 19.0");
    }

    @Test
    void longSeriesAreThinnedOutInTheLine() {
        for (int i = 0; i < 1_000; i++) {
            sample(i, 1, 1, 1);
        }
        ResultLine line = new ResultLine("soak");

        samples.putInto(line);

        Map<String, Object> read = JsonLine.parse(line.text());
        assertThat(read).containsEntry("samples", 1_000L).containsKeys("clientRssBytes", "clientThreadsGrowth");
        assertThat((List<?>) read.get("clientHeapBytes")).hasSize(100);
        assertThat((List<?>) read.get("sampledAtS")).hasSize(100);
    }

    @Test
    void fewSamplesGiveNoTrend() {
        sample(1, 1, 1, 1);
        ResultLine line = new ResultLine("soak");

        samples.putInto(line);

        assertThat(samples.enough()).isFalse();
        assertThat(line.text()).doesNotContain("Growth");
    }
}
