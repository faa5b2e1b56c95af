package io.braid.perf.chaos.fault;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** Tells what is done to a cluster, in the history and to whoever watches, and counts it. Used by one thread. */
public final class FaultLog {
    private final HistoryFile history;
    private final Consumer<String> log;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);

    /** @param log is told each fault in one line */
    public FaultLog(HistoryFile history, Consumer<String> log) {
        this.history = history;
        this.log = log;
    }

    /** How often each fault was done. */
    public Map<Fault, Integer> done() {
        return done;
    }

    /** A fault begins. */
    void note(Step step, String what) {
        done.merge(step.fault(), 1, Integer::sum);
        note(what);
    }

    void note(String what) {
        history.note(Op.Note.Kind.FAULT, "nemesis", what);
        log.accept(String.format("%7.1f s  %s", history.nowMs() / 1000.0, what));
    }

    /** The cluster does not become what it must, which is an anomaly. */
    void stuck(String what) {
        history.note(Op.Note.Kind.STUCK, "nemesis", what);
    }
}
