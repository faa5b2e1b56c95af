package io.braid.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LatencyRecorderTest {
    private static final long MS = 1_000_000;

    private final LatencyRecorder latencies = new LatencyRecorder();

    @Test
    void percentilesAreExactToThreeDigits() {
        for (int ms = 1; ms <= 10_000; ms++) {
            latencies.record(ms * MS);
        }

        assertThat(latencies.count()).isEqualTo(10_000);
        assertThat(latencies.percentileMs(50)).isCloseTo(5_000, within(5.0));
        assertThat(latencies.percentileMs(99.99)).isCloseTo(9_999, within(10.0));
        assertThat(latencies.percentileMs(100)).isCloseTo(10_000, within(10.0));
    }

    @Test
    void whatIsRecordedAfterItWasReadCountsToo() {
        latencies.record(MS);
        assertThat(latencies.count()).isOne();
        latencies.record(2 * MS);
        latencies.record(2 * MS);

        assertThat(latencies.count()).isEqualTo(3);
        assertThat(latencies.percentileMs(50)).isCloseTo(2, within(0.01));
    }

    @Test
    void timesOutOfRangeCountAsTheNearest() {
        latencies.record(-5);
        latencies.record(Long.MAX_VALUE);

        assertThat(latencies.count()).isEqualTo(2);
        assertThat(latencies.percentileMs(100)).isCloseTo(3_600_000, within(3_600.0));
    }

    @Test
    void lineHasThePercentilesUnderTheirNames() {
        latencies.record(3 * MS);
        ResultLine line = new ResultLine("w");

        latencies.putInto(line, "");
        latencies.putInto(line, "ack");
        new LatencyRecorder().putInto(line, "late");

        Map<String, Object> read = JsonLine.parse(line.text());
        assertThat(read)
                .containsKeys("p50Ms", "p90Ms", "p99Ms", "p999Ms", "p9999Ms", "maxMs", "meanMs", "ackP9999Ms")
                .containsEntry("latencies", 1L)
                .containsEntry("ackLatencies", 1L)
                .containsEntry("lateP50Ms", null);
        assertThat((double) read.get("p999Ms")).isCloseTo(3, within(0.01));
    }
}
