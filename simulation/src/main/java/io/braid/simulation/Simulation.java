package io.braid.simulation;

import io.braid.controller.Command;
import io.braid.image.ShardImage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One run: a cluster, its clients and its faults, from a seed. The cluster comes up; then things break for a number of
 * steps; then all is mended and must become whole again. Deterministic: the same seed, steps and bug give the same run.
 */
public final class Simulation {
    /** Events while things break, unless told otherwise. */
    public static final int DEFAULT_STEPS = 3_000;

    private static final long START_LIMIT_US = 60_000_000;
    private static final long HEAL_LIMIT_US = 60_000_000;
    private static final long HEAL_WRITING_US = 1_000_000;
    private static final long ELECT_UNCLEAN_US = 3_000_000;
    private static final long CHECK_US = 100_000;

    private final long seed;
    private final int steps;
    private final Bug bug;
    private final Consumer<String> trace;

    /**
     * What a run came to.
     *
     * @param violation null when every promise was kept
     * @param steps events in all
     * @param simulatedMs time that passed in the cluster
     * @param fingerprint the same only for runs that went the same way
     * @param replay the command that runs it again
     * @param tally how often things of interest happened
     */
    public record Outcome(
            long seed,
            Violation violation,
            long steps,
            long simulatedMs,
            long fingerprint,
            String replay,
            Map<String, Long> tally) {
        /** One line, and for a violation how it is replayed. */
        public String describe() {
            String run = String.format(
                    Locale.ROOT,
                    "%d events, %.1f s simulated, fingerprint %016x",
                    steps,
                    simulatedMs / 1000.0,
                    fingerprint);
            return violation == null
                    ? "seed " + seed + ": every promise kept; " + run
                    : "seed " + seed + ": " + violation.getMessage() + "\n  " + run + "\n  replay: " + replay;
        }
    }

    /**
     * @param steps events while things break
     * @param trace gets a line for each thing of interest, or null
     */
    public Simulation(long seed, int steps, Bug bug, Consumer<String> trace) {
        this.seed = seed;
        this.steps = steps;
        this.bug = bug;
        this.trace = trace;
    }

    /** Runs it. Uses the calling thread only. */
    public Outcome run() {
        Cluster cluster = new Cluster(seed, bug, trace);
        Violation violation = null;
        try {
            run(cluster);
        } catch (Violation e) {
            violation = e;
        } catch (RuntimeException e) {
            violation = new Violation("nothing throws", e.toString());
            violation.initCause(e);
        }
        Timeline timeline = cluster.timeline;
        return new Outcome(
                seed,
                violation,
                timeline.steps(),
                timeline.nowUs() / 1000,
                timeline.fingerprint(),
                replay(),
                cluster.tally.counts());
    }

    private String replay() {
        String planted = bug == Bug.NONE ? "" : " --bug " + bug.option();
        return "bin/braid simulate --seed " + seed + " --steps " + steps + planted + " --trace";
    }

    private void run(Cluster cluster) {
        Timeline timeline = cluster.timeline;
        cluster.start();
        List<String> down =
                until(cluster, () -> cluster.ready() ? List.of() : List.of("a cluster that is up"), START_LIMIT_US);
        if (!down.isEmpty()) {
            throw new Violation("liveness", "the cluster does not come up");
        }
        Faults faults = new Faults(cluster);
        faults.start();
        for (long end = timeline.steps() + steps; timeline.steps() < end; ) {
            timeline.step();
        }
        faults.end();
        settle(timeline, HEAL_WRITING_US);
        cluster.timeline.after(0, () -> electUnclean(cluster));
        cluster.drain();
        Convergence convergence = new Convergence(cluster);
        List<String> missing = until(cluster, convergence::missing, HEAL_LIMIT_US);
        if (!missing.isEmpty()) {
            throw new Violation(
                    "liveness",
                    "after " + HEAL_LIMIT_US / 1_000_000 + " s without faults there is not "
                            + String.join("; nor ", missing));
        }
    }

    /** An operator helps the shards of which no replica is sure to have everything. */
    private static void electUnclean(Cluster cluster) {
        cluster.timeline.after(ELECT_UNCLEAN_US, () -> electUnclean(cluster));
        if (!cluster.ready()) {
            return;
        }
        List<Integer> offline = cluster.oracle.newestImage().shards().stream()
                .filter(Convergence::offline)
                .map(ShardImage::id)
                .toList();
        if (!offline.isEmpty()) {
            offline.forEach(id -> cluster.oracle.shard(id).acceptLoss());
            cluster.quorum.leader().propose(new Command.ElectLeaders(Command.Election.UNCLEAN, offline));
        }
    }

    private static void settle(Timeline timeline, long forUs) {
        for (long end = timeline.nowUs() + forUs; timeline.nowUs() < end; ) {
            timeline.step();
        }
    }

    /** Goes on until nothing is missing, or for so long; returns what is missing then. */
    private static List<String> until(Cluster cluster, Supplier<List<String>> missing, long limitUs) {
        Timeline timeline = cluster.timeline;
        long deadlineUs = timeline.nowUs() + limitUs;
        while (true) {
            List<String> left = missing.get();
            if (left.isEmpty() || timeline.nowUs() > deadlineUs) {
                return left;
            }
            settle(timeline, CHECK_US);
        }
    }
}
