package io.braid.simulation;

import io.braid.controller.CommandResult;
import io.braid.controller.Proposal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * What Raft promises the metadata state machine, and no more than that: one log of committed entries, one leader a term
 * that can commit while it reaches a majority, a deposed leader that does not know it yet, entries of a deposed leader
 * that are committed after all or never, and controllers that learn of commits at different times.
 */
final class QuorumModel {
    private static final long TICK_US = 100_000;

    /** Given to a leader, not committed yet. */
    private record Pending(Proposal proposal, SimController by, Consumer<CommandResult> answer) {}

    private final Timeline timeline;
    private final Network network;
    private final Chance chance;
    private final Trace trace;
    private final SimController[] controllers;
    private final List<Proposal> committed = new ArrayList<>();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private SimController leader;
    private int term;
    private long leaderlessSinceUs = -1;
    private long electionUs;

    QuorumModel(Timeline timeline, Network network, Chance chance, Trace trace, int controllers) {
        this.timeline = timeline;
        this.network = network;
        this.chance = chance;
        this.trace = trace;
        this.controllers = new SimController[controllers];
    }

    void start() {
        timeline.after(TICK_US, this::tick);
    }

    /** A controller's process began to run. */
    void joined(SimController controller) {
        controllers[controller.id()] = controller;
    }

    /** The process that runs as a controller; null when none does. */
    SimController controller(int id) {
        SimController controller = controllers[id];
        return controller != null && controller.alive() ? controller : null;
    }

    int controllers() {
        return controllers.length;
    }

    /** The controller that can commit; null when there is none. */
    SimController leader() {
        return leader;
    }

    /** Index of the last committed entry; the first is 1. */
    int lastIndex() {
        return committed.size();
    }

    Proposal entry(int index) {
        return committed.get(index - 1);
    }

    /** Takes an entry from a controller that believes to lead. The answer comes when it is applied there, or never. */
    void submit(SimController by, Proposal proposal, Consumer<CommandResult> answer) {
        if (by == leader) {
            pending.add(new Pending(proposal, by, answer));
            timeline.after(chance.between(300, 6_000), this::replicate);
        }
    }

    /** A controller learns what it missed. */
    void catchUp(SimController controller) {
        if (leader != null && network.reaches(leader.machine(), controller.machine())) {
            controller.learn(committed.size());
        }
    }

    private void replicate() {
        if (leader != null && leadsStill(leader) && !pending.isEmpty()) {
            commit(pending.poll());
        }
    }

    private void commit(Pending next) {
        committed.add(next.proposal());
        int index = committed.size();
        trace.log(
                "quorum commits index=%d term=%d %s",
                index, term, next.proposal().command());
        if (next.answer() != null) {
            next.by().answerAt(index, next.answer());
        }
        for (SimController controller : controllers) {
            if (controller != null && controller.alive() && network.reaches(leader.machine(), controller.machine())) {
                long delayUs = controller == leader
                        ? chance.between(50, 500)
                        : chance.oneIn(20) ? chance.between(50_000, 1_500_000) : chance.between(300, 8_000);
                timeline.after(delayUs, () -> controller.run(() -> controller.learn(index)));
            }
        }
    }

    private void tick() {
        timeline.after(TICK_US, this::tick);
        if (leader != null && leadsStill(leader)) {
            leaderlessSinceUs = -1;
            while (!pending.isEmpty()) {
                commit(pending.poll());
            }
            for (SimController controller : controllers) {
                if (controller != null && controller.running() && controller.applied() < committed.size()) {
                    catchUp(controller);
                }
            }
        } else if (leaderlessSinceUs < 0) {
            leaderlessSinceUs = timeline.nowUs();
            electionUs = chance.between(150_000, 700_000);
        } else if (timeline.nowUs() - leaderlessSinceUs >= electionUs) {
            elect();
        }
    }

    private boolean leadsStill(SimController candidate) {
        int reached = 0;
        for (SimController other : controllers) {
            if (other != null && other.running() && network.reachBoth(candidate.machine(), other.machine())) {
                reached++;
            }
        }
        return candidate.running() && reached * 2 > controllers.length;
    }

    private void elect() {
        List<SimController> candidates = new ArrayList<>();
        for (SimController controller : controllers) {
            if (controller != null && leadsStill(controller)) {
                candidates.add(controller);
            }
        }
        if (!candidates.isEmpty()) {
            become(chance.pick(candidates));
        }
    }

    /** Deposes the leader although nothing is wrong with it. */
    void depose() {
        if (leader != null) {
            elect();
        }
    }

    private void become(SimController next) {
        SimController before = leader;
        leader = next;
        leaderlessSinceUs = -1;
        term++;
        if (before != null && before != next && before.alive()) {
            timeline.after(chance.between(0, 1_500_000), () -> before.run(before::stepDown));
        }
        trace.log("quorum elects controller=%d term=%d", next.id(), term);
        // What the old leader replicated to some may survive, in order; what it kept to itself is gone.
        int survive = chance.below(pending.size() + 1);
        List<Pending> left = new ArrayList<>(pending);
        pending.clear();
        for (int i = 0; i < survive; i++) {
            Pending old = left.get(i);
            commit(old.by() == next ? old : new Pending(old.proposal(), old.by(), null));
        }
        int until = committed.size();
        timeline.after(
                chance.between(500, 20_000),
                () -> next.run(() -> {
                    if (leader == next) {
                        next.learn(until);
                        next.lead();
                    }
                }));
    }
}
