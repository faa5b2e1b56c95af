package io.braid.perf.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTest {
    private static final NodeLimits.Seen SEEN = new NodeLimits.Seen(19_998, 20_000, 39_900, 65_530);

    private static Stop stop(String failure, int exitStatus, String... log) {
        return Stop.of(new Stop.Evidence("creating partitions", failure, List.of(log), exitStatus, SEEN));
    }

    @Test
    void descriptorsThatRanOutAreNamedWithTheirLimit() {
        Stop stop = stop(
                "org.apache.kafka.common.errors.TimeoutException: timed out",
                1,
                "INFO fine",
                "ERROR java.io.IOException: Too many open files (kafka.log)");
        assertThat(stop.reason())
                .isEqualTo("too many open files: 19,998 descriptors were open of the 20,000 that ulimit -Hn allows (and"
                        + " 39,900 maps of vm.max_map_count 65,530). creating partitions failed:"
                        + " org.apache.kafka.common.errors.TimeoutException: timed out; the process had ended with status"
                        + " 1");
        assertThat(stop.logLines()).containsExactly("ERROR java.io.IOException: Too many open files (kafka.log)");
    }

    @Test
    void mapsThatRanOutAreNamedThoughTheJvmCallsThatMemory() {
        assertThat(stop("x", -1, "java.lang.OutOfMemoryError: Map failed").reason())
                .startsWith("too many memory maps: 39,900 of vm.max_map_count 65,530")
                .endsWith("; the process still ran");
    }

    @Test
    void aFullHeapAndAFullDiskAreTold() {
        assertThat(stop("x", 3, "java.lang.OutOfMemoryError: Java heap space").reason())
                .startsWith("the heap was full.");
        assertThat(stop("x", 3, "IOException: No space left on device").reason())
                .startsWith("the disk was full.");
    }

    @Test
    void aRefusalOfTheControllerIsTold() {
        assertThat(stop("PolicyViolationException: excessively large", -1).reason())
                .startsWith("the controller refused. creating partitions failed: PolicyViolationException");
    }

    @Test
    void withoutWarningsTheLastLinesAreShown() {
        assertThat(stop("x", -1, "a", "b", "c", "d", "e", "f", "g").logLines())
                .containsExactly("b", "c", "d", "e", "f", "g");
    }

    @Test
    void theLimitOfDescriptorsIsReadFromProc() {
        assertThat(NodeLimits.openFiles("Limit  Soft Limit Hard Limit Units\nMax open files            20000"
                        + "                20000                files\n"))
                .isEqualTo(20_000);
        assertThat(NodeLimits.openFiles("Max open files   unlimited  unlimited files\n"))
                .isEqualTo(-1);
    }
}
