package io.braid.perf.chaos.fault;

import io.braid.perf.chaos.cluster.ClusterAdmin;
import io.braid.perf.nodes.LocalCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.ElectionType;

/** Carries out a schedule on a cluster, and mends everything at its end. Used by one thread. */
public final class Nemesis {
    private final LocalCluster cluster;
    private final ClusterAdmin admin;
    private final Optional<BraidFaults> beyond;
    private final FaultLog log;
    /** Nodes to which a step was really done, for its mending. */
    private final Map<Step, Integer> struck = new HashMap<>();

    private record Event(long atMs, boolean begins, Step step) {}

    /** @param beyond does what goes beyond processes and elections, where the cluster is one of Braid */
    public Nemesis(LocalCluster cluster, ClusterAdmin admin, Optional<BraidFaults> beyond, FaultLog log) {
        this.cluster = cluster;
        this.admin = admin;
        this.beyond = beyond;
        this.log = log;
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
        beyond.ifPresent(BraidFaults::mendAll);
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
                log.note(step, "kill -9 of all nodes");
            }
            case RESTART -> {
                if (cluster.runs(step.node())) {
                    log.note(step, "SIGTERM to node " + step.node());
                    struck.put(step, step.node());
                    cluster.stop(step.node());
                }
            }
            case PAUSE -> {
                if (cluster.runs(step.node())) {
                    log.note(step, "SIGSTOP to node " + step.node());
                    struck.put(step, step.node());
                    cluster.pause(step.node());
                }
            }
            case ELECT -> {
                log.note(step, "preferred leaders");
                admin.elect(ElectionType.PREFERRED);
            }
            default -> struck.put(step, others().begin(step));
        }
    }

    private void mend(Step step) throws IOException, InterruptedException {
        int node = struck.getOrDefault(step, 0);
        switch (step.fault()) {
            case KILL, KILL_CONTROLLER, RESTART -> {
                if (node != 0) {
                    log.note("starts node " + node);
                    cluster.launch(node);
                }
            }
            case KILL_ALL -> {
                log.note("starts all nodes");
                for (int each = 1; each <= cluster.size(); each++) {
                    cluster.launch(each);
                }
            }
            case PAUSE -> {
                if (node != 0) {
                    log.note("SIGCONT to node " + node);
                    cluster.resume(node);
                }
            }
            case ELECT -> {}
            default -> others().mend(step, node);
        }
    }

    private BraidFaults others() {
        return beyond.orElseThrow(() -> new IllegalStateException("a fault that this cluster cannot have"));
    }

    private void kill(Step step, int node) throws InterruptedException {
        if (cluster.runs(node)) {
            log.note(step, "kill -9 of node " + node);
            struck.put(step, node);
            cluster.kill(node);
        }
    }


}
