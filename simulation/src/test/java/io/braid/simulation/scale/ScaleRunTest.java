package io.braid.simulation.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.simulation.Chance;
import io.braid.simulation.scale.ScaleRun.CostsFrom;
import io.braid.simulation.scale.ScaleRun.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small clusters, in which every machine makes everything by itself. That all end with the truth is checked by each run. */
class ScaleRunTest {
    private static final ClusterSize SMALL = new ClusterSize(12, 4, 30, 600, 40, 25, 3);

    private static final List<Happening> LOSSES =
            List.of(Happening.BROKER_LOSS, Happening.BROKER_RETURN, Happening.RACK_LOSS);

    private static Plan plan(List<Happening> happenings, boolean sharing, boolean sizes) {
        return new Plan(CostsFrom.STATED, LinkModel.DEFAULT, List.of(1, 3), happenings, happenings, sharing, sizes);
    }

    private static List<Map<String, Object>> run(long seed, List<Happening> happenings, boolean sharing) {
        List<Map<String, Object>> lines = new ArrayList<>();
        new ScaleRun("full", SMALL, plan(happenings, sharing, false), seed, lines::add).run();
        return new Lines(lines).where("experiment", "spreading").all();
    }

    private static Spread spread(Happening happening, long seed, Function<Spreading, Dissemination> way) {
        Wave wave = Wave.of(happening, SizedCluster.make(SMALL), SMALL);
        Population population = Population.of(SMALL, new Chance(seed));
        return new Spreading(SMALL, wave, population, Costs.STATED, LinkModel.DEFAULT, seed, false).run(way);
    }

    @Test
    void everyHappeningReachesEveryoneInEveryWay() {
        List<Map<String, Object>> spreads = run(1, List.of(Happening.values()), false);

        assertThat(spreads).hasSize(3 * Happening.values().length);
        for (Map<String, Object> spread : spreads) {
            assertThat((double) spread.get("brokerP50Ms")).as("%s", spread).isPositive();
            assertThat((double) spread.get("brokerMaxMs")).as("%s", spread).isGreaterThanOrEqualTo((double)
                    spread.get("brokerP99Ms"));
        }
    }

    @Test
    void theSameSeedGivesTheSameAndAnotherSeedOther() {
        assertThat(run(2, LOSSES, false)).isEqualTo(run(2, LOSSES, false));
        assertThat(run(2, LOSSES, false)).isNotEqualTo(run(3, LOSSES, false));
    }

    @Test
    void whatIsSharedChangesNothing() {
        assertThat(run(4, LOSSES, true)).isEqualTo(run(4, LOSSES, false));
    }

    @Test
    void everyBrokerHearsOfEveryChangeOnce() {
        Spread pull = spread(Happening.RACK_LOSS, 5, world -> new PullDissemination(world, false));
        Spread gossip = spread(Happening.RACK_LOSS, 5, world -> new GossipDissemination(world, 3, false));

        int changesTimesLive = 3 * 9;
        assertThat(pull.brokerDelays().count()).isEqualTo(changesTimesLive);
        assertThat(gossip.brokerDelays().count()).isEqualTo(changesTimesLive);
        assertThat(pull.brokerDelays().ms(0.01)).isPositive();
        assertThat(gossip.brokerDelays().ms(0.01)).isPositive();
        assertThat(pull.clientDelays().ms(0.01)).isPositive();
    }

    @Test
    void recordsOfALossFollowTheShardsOfTheBroker() {
        Wave wave = Wave.of(Happening.BROKER_LOSS, SizedCluster.make(SMALL), SMALL);

        assertThat(wave.changes()).hasSize(1);
        assertThat(wave.records()).isBetween(1L, 2L + 2L * SMALL.shardsPerBroker());
        Wave big = Wave.of(Happening.BIG_TOPIC, SizedCluster.make(SMALL), SMALL);
        assertThat(big.records()).as("of ten million partitions").isEqualTo(1);
    }

    @Test
    void theReportHasTablesAndPlots(@TempDir Path directory) throws Exception {
        List<Map<String, Object>> lines = new ArrayList<>();
        new ScaleRun("full", SMALL, plan(LOSSES, true, true), 1, lines::add).run();
        for (int brokers : new int[] {4, 8}) {
            new ScaleRun("brokers", SMALL.withBrokers(brokers), plan(LOSSES, true, false), 1, lines::add).run();
        }

        new ScaleReport(lines).write(directory);

        String report = Files.readString(directory.resolve("report.md"));
        assertThat(report).contains("| rack-loss | pull |", "## By brokers", "![delay](delay.svg)");
        assertThat(directory.resolve("delay.svg")).isNotEmptyFile();
        assertThat(directory.resolve("delay.png")).isNotEmptyFile();
        assertThat(Files.readAllLines(directory.resolve("lines.jsonl"))).hasSameSizeAs(lines);
    }
}
