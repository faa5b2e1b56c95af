package io.braid.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many seeds of the cluster as it is shipped. {@code -Dsimulation.seeds} says how many, {@code -Dsimulation.first} from where. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 500);
    private static final long FIRST = Long.getLong("simulation.first", 0);

    @Test
    void noSeedBreaksAPromise() {
        ConcurrentSkipListSet<String> reached = new ConcurrentSkipListSet<>();
        List<String> broken = LongStream.range(FIRST, FIRST + SEEDS)
                .parallel()
                .mapToObj(seed -> new Simulation(seed, Simulation.DEFAULT_STEPS, Bug.NONE, null).run())
                .peek(outcome -> reached.addAll(outcome.tally().keySet()))
                .filter(outcome -> outcome.violation() != null)
                .map(Simulation.Outcome::describe)
                .toList();
        assertThat(broken).as("seeds %d to %d", FIRST, FIRST + SEEDS - 1).isEmpty();
        if (SEEDS >= 500) {
            assertThat(reached)
                    .contains(
                            "fetches of dead incarnations",
                            "in-sync sets proposed",
                            "snapshot copies resumed",
                            "snapshots installed",
                            "truncations below a checkpoint");
        }
    }

    @Test
    void seedReproducesExactly() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(fingerprint(seed)).isEqualTo(fingerprint(seed));
        }
        assertThat(fingerprint(1)).isNotEqualTo(fingerprint(2));
    }

    private static long fingerprint(long seed) {
        return new Simulation(seed, Simulation.DEFAULT_STEPS, Bug.NONE, null)
                .run()
                .fingerprint();
    }

    @Test
    void traceChangesNothing() {
        List<String> lines = new ArrayList<>();
        long traced = new Simulation(3, Simulation.DEFAULT_STEPS, Bug.NONE, lines::add)
                .run()
                .fingerprint();
        assertThat(traced).isEqualTo(fingerprint(3));
        assertThat(lines).hasSizeGreaterThan(100);
    }
}
