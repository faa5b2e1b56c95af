package io.braid.perf.chaos.fault;

import io.braid.perf.chaos.cluster.BraidCluster;
import io.braid.perf.chaos.cluster.ClusterAdmin;
import io.braid.perf.chaos.cluster.ShardMoves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Faults that only a cluster of Braid can be given here: of the network, of disks, and moves of shards. Used by one thread. */
public final class BraidFaults {
    private static final Duration WHOLE = Duration.ofSeconds(90);
    private static final Duration REPLACED = Duration.ofSeconds(60);

    private final BraidCluster cluster;
    private final ClusterAdmin admin;
    private final ShardMoves moves;
    private final FaultLog log;

    public BraidFaults(BraidCluster cluster, ClusterAdmin admin, ShardMoves moves, FaultLog log) {
        this.cluster = cluster;
        this.admin = admin;
        this.moves = moves;
        this.log = log;
    }

    /** Connects whatever is not. */
    void mendAll() {
        cluster.links().mendAll();
    }

    /**
     * Begins a fault.
     *
     * @return the node to which it was done, for its mending; 0 for none
     */
    int begin(Step step) throws IOException, InterruptedException {
        switch (step.fault()) {
            case CUT, ISOLATE, ONE_WAY, DELAY, DROP -> breakNetwork(step);
            case MOVE -> log.note(step, moves.moveOne(step.chance()));
            case DISK -> {
                return fillDisk(step);
            }
            case WIPE -> wipe(step);
            default -> throw new IllegalArgumentException(step.toString());
        }
        return 0;
    }

    /** @param struck what {@link #begin} returned */
    void mend(Step step, int struck) throws IOException, InterruptedException {
        switch (step.fault()) {
            case CUT, ISOLATE, ONE_WAY, DELAY -> mendNetwork(step);
            case DISK -> {
                if (struck != 0) {
                    log.note("node " + struck + " has room again");
                    cluster.emptyDisk();
                }
            }
            default -> {}
        }
    }

    private void breakNetwork(Step step) {
        int a = step.node();
        int b = step.other();
        switch (step.fault()) {
            case CUT -> {
                log.note(step, "cut between nodes " + a + " and " + b);
                cluster.links().cut(a, b);
                cluster.links().cut(b, a);
            }
            case ISOLATE -> {
                log.note(step, "cut between node " + a + " and all others");
                others(a).forEach(node -> {
                    cluster.links().cut(a, node);
                    cluster.links().cut(node, a);
                });
            }
            case ONE_WAY -> {
                log.note(step, "cut from node " + a + " to " + b);
                cluster.links().cut(a, b);
            }
            case DELAY -> {
                int ms = 20 + step.chance() % 380;
                log.note(step, ms + " ms between nodes " + a + " and " + b);
                cluster.links().delay(a, b, ms);
                cluster.links().delay(b, a, ms);
            }
            default -> {
                log.note(step, "connections between nodes " + a + " and " + b + " closed");
                cluster.drop(a, b);
            }
        }
    }

    /** Half of the time the connections that were cut end; else what was held arrives late. */
    private void mendNetwork(Step step) {
        boolean drop = step.chance() % 2 == 0 && step.fault() != Fault.DELAY;
        List<Integer> others = step.fault() == Fault.ISOLATE ? others(step.node()) : List.of(step.other());
        log.note("mends " + step.fault().text() + " of node " + step.node() + (drop ? ", its connections end" : ""));
        for (int other : others) {
            if (drop) {
                cluster.drop(step.node(), other);
            }
            cluster.links().mend(step.node(), other);
            cluster.links().mend(other, step.node());
        }
    }

    private int fillDisk(Step step) throws IOException, InterruptedException {
        if (!whole()) {
            log.note("no full disk: the cluster is not whole");
            return 0;
        }
        log.note(step, "disk of node " + cluster.size() + " " + cluster.fillDisk());
        return cluster.size();
    }

    private void wipe(Step step) throws IOException, InterruptedException {
        if (!whole()) {
            log.note("no wiped node: the cluster is not whole");
            return;
        }
        int node = step.node();
        log.note(step, "kill -9 of node " + node + ", and its data removed");
        cluster.kill(node);
        cluster.wipe(node);
        Thread.sleep(step.durationMs());
        long deadlineNs = System.nanoTime() + REPLACED.toNanos();
        String problem;
        do {
            problem = cluster.replaceController(node);
        } while (!problem.isEmpty() && System.nanoTime() < deadlineNs);
        if (!problem.isEmpty()) {
            log.stuck("controller " + node + " cannot be replaced: " + problem);
        }
        log.note("starts node " + node + " without data");
        cluster.launch(node);
        if (!whole()) {
            log.stuck("not whole after node " + node + " was wiped");
        }
    }

    /** Waits until all replicas are in sync: a second loss of data before that could be one too many. */
    private boolean whole() throws InterruptedException {
        Optional<String> missing = admin.awaitInSync(WHOLE);
        missing.ifPresent(what -> log.note("not whole: " + what));
        return missing.isEmpty();
    }

    private List<Integer> others(int node) {
        List<Integer> others = new ArrayList<>();
        for (int each = 1; each <= cluster.size(); each++) {
            if (each != node) {
                others.add(each);
            }
        }
        return others;
    }
}
