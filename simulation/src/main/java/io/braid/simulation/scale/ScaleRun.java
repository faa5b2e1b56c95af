package io.braid.simulation.scale;

import io.braid.simulation.Chance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All experiments with one cluster of a size: what it weighs, what happens to it, how that spreads. Results go out line by
 * line, as they come.
 */
final class ScaleRun {
    /** Whether times of the shipped code are measured, or stated so that runs are alike. */
    enum CostsFrom {
        MEASURED,
        STATED
    }

    /**
     * What is done besides.
     *
     * @param fanOuts of the gossip that pull is compared with
     * @param spreading what is let spread
     * @param sharing see {@link Shared}
     */
    record Plan(
            CostsFrom costs,
            LinkModel links,
            List<Integer> fanOuts,
            List<Happening> spreading,
            List<Happening> happenings,
            boolean sharing,
            boolean sizes) {}

    private final String series;
    private final ClusterSize size;
    private final Plan plan;
    private final long seed;
    private final Consumer<Map<String, Object>> lines;

    /** @param series which the size belongs to, for the lines */
    ScaleRun(String series, ClusterSize size, Plan plan, long seed, Consumer<Map<String, Object>> lines) {
        this.series = series;
        this.size = size;
        this.plan = plan;
        this.seed = seed;
        this.lines = lines;
    }

    void run() {
        Metadata[] made = new Metadata[1];
        Measured making = Measured.once(() -> made[0] = SizedCluster.make(size));
        Metadata metadata = made[0];
        line("making", Figures.of("makeMs", making.ns() / 1_000_000, "makeAllocatedBytes", making.allocatedBytes()));
        Population population = Population.of(size, new Chance(seed));
        Costs costs = plan.costs() == CostsFrom.STATED ? Costs.STATED : new CostsOfCode(metadata, population).measure();
        line("costs", costs.describe());
        line("steady", SteadyLoad.of(size, costs));
        if (plan.sizes()) {
            sizes(metadata);
        }
        for (Happening happening : plan.happenings()) {
            Wave wave = Wave.of(happening, metadata, size);
            line("happening", wave.figures(size));
            if (plan.spreading().contains(happening)) {
                spread(wave, population, costs);
            }
        }
    }

    private void sizes(Metadata metadata) {
        SizeFigures sizes = new SizeFigures(metadata, size, plan.links());
        Chance chance = new Chance(seed);
        line("image", sizes.image());
        line("subscription", sizes.subscription("one topic", sizes.topics(1, chance), metadata.image()));
        line("subscription", sizes.subscription("ten topics", sizes.topics(10, chance), metadata.image()));
        line("subscription", sizes.subscription("a thousand topics", sizes.topics(1_000, chance), metadata.image()));
        Metadata more = metadata.fork();
        more.apply(SizedCluster.creation(size, "clicks", 0, 1, Happening.BIG_TOPIC_PARTITIONS));
        Subscription big = new Subscription(List.of(SizedCluster.topic("clicks", 0)));
        line("subscription", sizes.subscription("a topic of 10,000,000 partitions", big, more.image()));
    }

    /** The same wave by pull, and by gossip with each fan-out. */
    private void spread(Wave wave, Population population, Costs costs) {
        List<Spread> spreads = new ArrayList<>();
        spreads.add(world(wave, population, costs).run(world -> new PullDissemination(world, plan.sharing())));
        for (int fanOut : plan.fanOuts()) {
            spreads.add(world(wave, population, costs)
                    .run(world -> new GossipDissemination(world, fanOut, plan.sharing())));
        }
        spreads.forEach(spread -> line("spreading", spread.figures()));
    }

    private Spreading world(Wave wave, Population population, Costs costs) {
        return new Spreading(size, wave, population, costs, plan.links(), seed, plan.sharing());
    }

    private void line(String experiment, Map<String, Object> figures) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("workload", "scale");
        line.put("experiment", experiment);
        line.put("series", series);
        line.putAll(size.describe());
        line.putAll(figures);
        lines.accept(line);
    }
}
