package io.braid.perf.chaos.fault;

import io.braid.perf.chaos.cluster.BraidCluster;
import io.braid.perf.chaos.cluster.ClusterAdmin;
import io.braid.perf.chaos.cluster.ShardMoves;
import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.ElectionType;

/** Carries out a schedule on a cluster, and mends everything at its end. Used by one thread. */
public final class Nemesis {
    private static final Duration WHOLE = Duration.ofSeconds(90);
    private static final Duration REPLACED = Duration.ofSeconds(60);

    private final BraidCluster cluster;
    private final ClusterAdmin admin;
    private final ShardMoves moves;
    private final HistoryFile history;
    private final Consumer<String> log;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    /** Nodes to which a step was really done, for its mending. */
    private final Map<Step, Integer> struck = new HashMap<>();

    private record Event(long atMs, boolean begins, Step step) {}

    /** @param log is told each fault in one line */
    public Nemesis(
            BraidCluster cluster, ClusterAdmin admin, ShardMoves moves, HistoryFile history, Consumer<String> log) {
        this.cluster = cluster;
        this.admin = admin;
        this.moves = moves;
        this.history = history;
        this.log = log;
    }

    /** How often each fault was done. */
    public Map<Fault, Integer> done() {
        return done;
    }

    /**
     * Returns when all steps are done and mended. A step that takes longer than its time delays those after it.
     *
     * @param betweenSteps called often, by this thread
     */
    public void run(Schedule schedule, Runnable betweenSteps) throws IOException, InterruptedException {
        List<Event> events = new ArrayList<>();
        for (Step step : schedule.steps()) {
            events.add(new Event(step.atMs(), true, step));
            events.add(new Event(step.endMs(), false, step));
        }
        events.sort(Comparator.comparingLong(Event::atMs));
        long startedNs = System.nanoTime();
        for (Event event : events) {
            await(startedNs, event.atMs(), betweenSteps);
            if (event.begins()) {
                begin(event.step());
            } else {
                mend(event.step());
            }
        }
        await(startedNs, schedule.lengthMs(), betweenSteps);
        mendAll();
    }

    private static void await(long startedNs, long atMs, Runnable betweenSteps) throws InterruptedException {
        while ((System.nanoTime() - startedNs) / 1_000_000 < atMs) {
            betweenSteps.run();
            Thread.sleep(20);
        }
    }

    /** Starts, resumes and connects whatever is not. */
    public void mendAll() throws IOException, InterruptedException {
        cluster.links().mendAll();
        for (int node = 1; node <= cluster.size(); node++) {
            cluster.resume(node);
            cluster.launch(node);
        }
    }

    // ---- one step

    private void begin(Step step) throws IOException, InterruptedException {
        switch (step.fault()) {
            case KILL -> kill(step, step.node());
            case KILL_CONTROLLER -> {
                Optional<Integer> leader = admin.controllerLeader();
                kill(step, leader.orElse(step.node()));
            }
            case KILL_ALL -> {
                for (int node = 1; node <= cluster.size(); node++) {
                    cluster.kill(node);
                }
                note(step, "kill -9 of all nodes");
            }
            case RESTART -> {
                if (cluster.runs(step.node())) {
                    note(step, "SIGTERM to node " + step.node());
                    struck.put(step, step.node());
                    cluster.stop(step.node());
                }
            }
            case PAUSE -> {
                if (cluster.runs(step.node())) {
                    note(step, "SIGSTOP to node " + step.node());
                    struck.put(step, step.node());
                    cluster.pause(step.node());
                }
            }
            case CUT, ISOLATE, ONE_WAY, DELAY, DROP -> breakNetwork(step);
            case ELECT -> {
                note(step, "preferred leaders");
                admin.elect(ElectionType.PREFERRED);
            }
            case MOVE -> {
                String what = moves.moveOne(step.chance());
                note(step, what);
            }
            case DISK -> fillDisk(step);
            case WIPE -> wipe(step);
        }
    }

    private void mend(Step step) throws IOException, InterruptedException {
        int node = struck.getOrDefault(step, 0);
        switch (step.fault()) {
            case KILL, KILL_CONTROLLER, RESTART -> {
                if (node != 0) {
                    note("starts node " + node);
                    cluster.launch(node);
                }
            }
            case KILL_ALL -> {
                note("starts all nodes");
                for (int each = 1; each <= cluster.size(); each++) {
                    cluster.launch(each);
                }
            }
            case PAUSE -> {
                if (node != 0) {
                    note("SIGCONT to node " + node);
                    cluster.resume(node);
                }
            }
            case CUT, ISOLATE, ONE_WAY, DELAY -> mendNetwork(step);
            case DISK -> {
                if (node != 0) {
                    note("node " + node + " has room again");
                    cluster.emptyDisk();
                }
            }
            case DROP, ELECT, MOVE, WIPE -> {}
        }
    }

    private void kill(Step step, int node) throws InterruptedException {
        if (cluster.runs(node)) {
            note(step, "kill -9 of node " + node);
            struck.put(step, node);
            cluster.kill(node);
        }
    }

    private void breakNetwork(Step step) {
        int a = step.node();
        int b = step.other();
        switch (step.fault()) {
            case CUT -> {
                note(step, "cut between nodes " + a + " and " + b);
                cluster.links().cut(a, b);
                cluster.links().cut(b, a);
            }
            case ISOLATE -> {
                note(step, "cut between node " + a + " and all others");
                others(a).forEach(node -> {
                    cluster.links().cut(a, node);
                    cluster.links().cut(node, a);
                });
            }
            case ONE_WAY -> {
                note(step, "cut from node " + a + " to " + b);
                cluster.links().cut(a, b);
            }
            case DELAY -> {
                int ms = 20 + step.chance() % 380;
                note(step, ms + " ms between nodes " + a + " and " + b);
                cluster.links().delay(a, b, ms);
                cluster.links().delay(b, a, ms);
            }
            default -> {
                note(step, "connections between nodes " + a + " and " + b + " closed");
                cluster.drop(a, b);
            }
        }
    }

    /** Half of the time the connections that were cut end; else what was held arrives late. */
    private void mendNetwork(Step step) {
        boolean drop = step.chance() % 2 == 0 && step.fault() != Fault.DELAY;
        List<Integer> others = step.fault() == Fault.ISOLATE ? others(step.node()) : List.of(step.other());
        note("mends " + step.fault().text() + " of node " + step.node() + (drop ? ", its connections end" : ""));
        for (int other : others) {
            if (drop) {
                cluster.drop(step.node(), other);
            }
            cluster.links().mend(step.node(), other);
            cluster.links().mend(other, step.node());
        }
    }

    private void fillDisk(Step step) throws IOException, InterruptedException {
        if (!whole()) {
            note("no full disk: the cluster is not whole");
            return;
        }
        struck.put(step, cluster.size());
        note(step, "disk of node " + cluster.size() + " " + cluster.fillDisk());
    }

    private void wipe(Step step) throws IOException, InterruptedException {
        if (!whole()) {
            note("no wiped node: the cluster is not whole");
            return;
        }
        int node = step.node();
        note(step, "kill -9 of node " + node + ", and its data removed");
        cluster.kill(node);
        cluster.wipe(node);
        Thread.sleep(step.durationMs());
        long deadlineNs = System.nanoTime() + REPLACED.toNanos();
        String problem;
        do {
            problem = cluster.replaceController(node);
        } while (!problem.isEmpty() && System.nanoTime() < deadlineNs);
        if (!problem.isEmpty()) {
            history.note(Op.Note.Kind.STUCK, "nemesis", "controller " + node + " cannot be replaced: " + problem);
        }
        note("starts node " + node + " without data");
        cluster.launch(node);
        if (!whole()) {
            history.note(Op.Note.Kind.STUCK, "nemesis", "not whole after node " + node + " was wiped");
        }
    }

    /** Waits until all replicas are in sync: a second loss of data before that could be one too many. */
    private boolean whole() throws InterruptedException {
        Optional<String> missing = admin.awaitInSync(WHOLE);
        missing.ifPresent(what -> note("not whole: " + what));
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

    private void note(Step step, String what) {
        done.merge(step.fault(), 1, Integer::sum);
        note(what);
    }

    private void note(String what) {
        history.note(Op.Note.Kind.FAULT, "nemesis", what);
        log.accept(String.format("%7.1f s  %s", history.nowMs() / 1000.0, what));
    }
}
