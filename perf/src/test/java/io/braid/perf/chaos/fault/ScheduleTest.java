package io.braid.perf.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);
    private static final long TEN_MINUTES_MS = 600_000;

    @Test
    void sameSeedGivesTheSameScheduleAndAnotherSeedAnother() {
        assertThat(Schedule.of(7, 3, TEN_MINUTES_MS, ALL)).isEqualTo(Schedule.of(7, 3, TEN_MINUTES_MS, ALL));
        assertThat(Schedule.of(7, 3, TEN_MINUTES_MS, ALL)).isNotEqualTo(Schedule.of(8, 3, TEN_MINUTES_MS, ALL));
    }

    /** A replay is worth nothing if a later version draws differently: change this only with the format of seeds. */
    @Test
    void seedsKeepTheirMeaning() {
        Schedule schedule = Schedule.of(1, 3, 30_000, ALL);

        assertThat(schedule.steps())
                .extracting(Step::toString)
                .containsExactly(
                        "    4.0 s  cut              node 2 and 3 for 2.4 s",
                        "    4.5 s  pause            node 2 for 11.2 s",
                        "   17.9 s  cut              node 1 and 3 for 3.2 s",
                        "   25.0 s  elect            node 2 for 0.0 s",
                        "   25.0 s  kill-controller  node 2 for 0.2 s");
    }

    @Test
    void everyFaultComesEndsInTimeAndHitsNodesThatExist() {
        Set<Fault> seen = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            for (Step step : Schedule.of(seed, 5, TEN_MINUTES_MS, ALL).steps()) {
                seen.add(step.fault());
                assertThat(step.endMs()).isLessThanOrEqualTo(TEN_MINUTES_MS);
                assertThat(step.node()).isBetween(1, 5);
                assertThat(step.other()).isBetween(1, 5).isNotEqualTo(step.node());
            }
        }
        assertThat(seen).isEqualTo(ALL);
    }

    @Test
    void whatMustBeAloneIsAlone() {
        for (long seed = 0; seed < 50; seed++) {
            List<Step> steps = Schedule.of(seed, 3, TEN_MINUTES_MS, ALL).steps();
            for (Step step : steps) {
                if (step.fault().alone()) {
                    assertThat(steps)
                            .filteredOn(other -> !other.equals(step))
                            .noneMatch(other -> other.atMs() <= step.endMs() && other.endMs() >= step.atMs());
                }
            }
        }
    }

    @Test
    void oneNodeHasNoNetworkAndNoFaultsMeanNone() {
        assertThat(Schedule.of(1, 1, TEN_MINUTES_MS, ALL).steps()).isNotEmpty().noneMatch(step -> step.fault()
                .ofTheNetwork());
        assertThat(Schedule.of(1, 3, TEN_MINUTES_MS, Set.of()).steps()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kill,pause|kill,pause",
                "all|all",
                "none|none",
                "-wipe,-disk|kill,kill-controller,kill-all,restart,pause,cut,isolate,one-way,delay,drop,elect,move",
                "all,-kill,kill|all"
            })
    void faultsAreReadAsTheyAreWritten(String text, String again) {
        assertThat(Fault.text(Fault.parse(text))).isEqualTo(again);
    }

    @Test
    void unknownFaultIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> Fault.parse("kill,flood"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("flood")
                .hasMessageContaining("kill-controller");
    }
}
