package io.braid.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UsageWindowTest {

    @Test
    void figuresArePerGigabyteAndRecord() {
        UsageWindow.Usage usage = new UsageWindow.Usage(10, 4, 2, 7, 1_000_000, 30);
        ResultLine line = new ResultLine("w");

        usage.putInto(line, 1_000_000, 2_000_000_000L);

        Map<String, Object> read = JsonLine.parse(line.text());
        assertThat(read)
                .containsEntry("cpuSecondsPerGb", 2.0)
                .containsEntry("cpuMicrosPerRecord", 4.0)
                .containsEntry("clientCpuSecondsPerGb", 1.0)
                .containsEntry("clientCpuMicrosPerRecord", 2.0)
                .containsEntry("clientAllocatedBytesPerRecord", 1.0)
                .containsEntry("clientGcMs", 30L)
                .containsEntry("cpuPercent", 40.0)
                .containsEntry("clientCpuPercent", 20.0);
        assertThat((double) read.get("otherCpuPercent")).isCloseTo(10, within(1e-6));
    }

    @Test
    void whatThisProcessAllocatesIsSeen() {
        UsageWindow window = UsageWindow.start(List.of());
        byte[][] kept = new byte[100][];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new byte[100_000];
        }

        UsageWindow.Usage usage = window.stop();

        assertThat(kept[99]).hasSize(100_000);
        assertThat(usage.clientAllocatedBytes()).isGreaterThan(9_000_000);
        assertThat(usage.brokerCpuSeconds()).isNaN();
        assertThat(usage.seconds()).isPositive();
    }

    @Test
    void cpuOfThisProcessIsThatOfItsPid() {
        assertThat(NodeProcessFigures.cpuMs(ProcessHandle.current().pid())).isPositive();
        assertThat(NodeProcessFigures.cpuSeconds(List.of(Long.MAX_VALUE))).isZero();
    }
}
