package io.braid.perf.chaos.check;

import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.history.OpVisitor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long sends took in each phase of a run; a note of a fault begins one and names it. What was before the first is left out. */
public final class PhaseLatencies implements OpVisitor {
    private record Phase(String name, long beganMs) {}

    private final List<Phase> phases = new ArrayList<>();
    private final Map<String, List<Integer>> latencies = new LinkedHashMap<>();

    /** The time below which this part of the acknowledged sends of a phase stayed, in milliseconds; 0 if there were none. */
    public int quantileMs(String phase, double part) {
        List<Integer> all = new ArrayList<>(latencies.getOrDefault(phase, List.of()));
        all.sort(null);
        return all.isEmpty() ? 0 : all.get((int) Math.min(all.size() - 1, Math.ceil(part * all.size()) - 1));
    }

    @Override
    public void onSend(Op.Send send) {
        for (int i = phases.size() - 1;
                i >= 0;
                i--) { // by when it was sent: what a phase holds up may end in the next one
            if (send.sentMs() >= phases.get(i).beganMs()) {
                latencies.get(phases.get(i).name()).add((int) (send.atMs() - send.sentMs()));
                return;
            }
        }
    }

    @Override
    public void onNote(Op.Note note) {
        if (note.kind() == Op.Note.Kind.FAULT) {
            phases.add(new Phase(note.text(), note.atMs()));
            latencies.putIfAbsent(note.text(), new ArrayList<>());
        }
    }

    @Override
    public void onPoll(Op.Poll poll) {}

    @Override
    public void onAssign(Op.Assign assign) {}

    @Override
    public void onCommit(Op.Commit commit) {}

    @Override
    public void onEnd(Op.End end) {}
}
