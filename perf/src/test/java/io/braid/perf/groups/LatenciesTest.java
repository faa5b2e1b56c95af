package io.braid.perf.groups;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentilesAreValuesThatWereSeen() {
        Latencies latencies = new Latencies();
        assertThat(latencies.percentileMs(99)).isZero();
        for (int ms = 10_000; ms > 0; ms--) {
            latencies.add(ms * 1_000_000L);
        }
        Latencies one = new Latencies();
        one.add(1_000_000_000_000L);
        latencies.addAll(one);

        assertThat(latencies.count()).isEqualTo(10_001);
        assertThat(latencies.percentileMs(50)).isEqualTo(5_001);
        assertThat(latencies.percentileMs(99)).isEqualTo(9_901);
        assertThat(latencies.percentileMs(100)).isEqualTo(1_000_000);
    }
}
