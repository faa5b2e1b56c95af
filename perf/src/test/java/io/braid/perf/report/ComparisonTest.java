package io.braid.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.report.Comparison.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static List<Result> runs(String broker, String field, double... values) {
        List<Result> results = new ArrayList<>();
        for (double value : values) {
            results.add(new Result(Map.of("workload", "produce", "case", "p", "broker", broker, field, value)));
        }
        return results;
    }

    private static Comparison compare(String field, List<Result> ours, List<Result> theirs) {
        List<Result> all = new ArrayList<>(ours);
        all.addAll(theirs);
        return Comparison.of(all, Side.BRAID::is, Side.KAFKA::is).stream()
                .filter(one -> one.metric().field().equals(field))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void moreThroughputIsBetterAndMoreCpuIsWorse() {
        assertThat(compare("mbPerS", runs("braid", "mbPerS", 200), runs("kafka", "mbPerS", 100))
                        .verdict())
                .isEqualTo(Verdict.BETTER);
        Comparison cpu = compare(
                "cpuSecondsPerGb",
                runs("braid", "cpuSecondsPerGb", 3, 3.2),
                runs("kafka", "cpuSecondsPerGb", 2, 2.2));
        assertThat(cpu.verdict()).isEqualTo(Verdict.WORSE);
        assertThat(cpu.ratioText()).isEqualTo("1.48");
    }

    @Test
    void rangesThatOverlapAreNoDifference() {
        assertThat(compare("mbPerS", runs("braid", "mbPerS", 100, 160), runs("kafka", "mbPerS", 90, 110))
                        .verdict())
                .isEqualTo(Verdict.NO_DIFFERENCE);
    }

    @Test
    void mediansWithinATwentiethAreNoDifference() {
        assertThat(compare("mbPerS", runs("braid", "mbPerS", 104), runs("kafka", "mbPerS", 100))
                        .verdict())
                .isEqualTo(Verdict.NO_DIFFERENCE);
        assertThat(compare("mbPerS", runs("braid", "mbPerS", 106), runs("kafka", "mbPerS", 100))
                        .verdict())
                .isEqualTo(Verdict.BETTER);
    }

    @Test
    void aMissingSideIsUnknown() {
        Comparison one = compare("mbPerS", runs("braid", "mbPerS", 100), List.of());
        assertThat(one.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(one.ratioText()).isEmpty();
    }

    @Test
    void whatNobodyMeasuredIsNoRow() {
        assertThat(Comparison.of(runs("braid", "another", 1), Side.BRAID::is, Side.KAFKA::is))
                .isEmpty();
    }
}
