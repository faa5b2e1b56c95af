package io.braid.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation that finds nothing is worth something only if it finds what is there. */
class PlantedBugTest {
    private static final int SEEDS = 1_500;

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "LEAD_WITHOUT_LOST_ENTRIES"})
    void plantedBugIsCaughtAndReplayed(Bug bug) {
        Optional<Simulation.Outcome> caught = LongStream.range(0, SEEDS)
                .parallel()
                .mapToObj(seed -> run(seed, bug))
                .filter(outcome -> outcome.violation() != null)
                .findAny();
        assertThat(caught).as("%s in %d seeds", bug.description(), SEEDS).isPresent();
        Simulation.Outcome replayed = run(caught.get().seed(), bug);
        assertThat(replayed.violation()).hasMessage(caught.get().violation().getMessage());
        assertThat(replayed.fingerprint()).isEqualTo(caught.get().fingerprint());
        assertThat(replayed.describe())
                .contains("bin/braid simulate --seed " + replayed.seed())
                .contains("--bug " + bug.option());
    }

    private static Simulation.Outcome run(long seed, Bug bug) {
        return new Simulation(seed, Simulation.DEFAULT_STEPS, bug, null).run();
    }
}
