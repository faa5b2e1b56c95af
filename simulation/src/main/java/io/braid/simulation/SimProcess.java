package io.braid.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * A process on a machine. It can be paused, when what is due waits until it goes on, and killed, when nothing of it
 * happens any more.
 */
abstract class SimProcess {
    protected final Timeline timeline;
    protected final Trace trace;
    protected final SimClock clock;
    private final int machine;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean alive = true;
    private boolean paused;

    SimProcess(int machine, Timeline timeline, SimClock clock, Trace trace) {
        this.machine = machine;
        this.timeline = timeline;
        this.clock = clock;
        this.trace = trace;
    }

    /** Number of the machine it runs on. */
    final int machine() {
        return machine;
    }

    final boolean alive() {
        return alive;
    }

    final boolean paused() {
        return paused;
    }

    /** Alive and not paused. */
    final boolean running() {
        return alive && !paused;
    }

    /** Runs now, when it goes on, or never, as the process is. */
    final void run(Runnable task) {
        if (!alive) {
            return;
        }
        if (paused) {
            held.add(task);
        } else {
            task.run();
        }
    }

    /** Runs when this process's clock has gone on by that much. */
    final void after(long ms, Runnable task) {
        timeline.afterUnless(clock.toTrueUs(ms), () -> !alive, () -> run(task));
    }

    /** As {@link #after}, unless it is over by then. */
    final void afterUnless(long ms, BooleanSupplier over, Runnable task) {
        timeline.afterUnless(clock.toTrueUs(ms), () -> !alive || over.getAsBoolean(), () -> run(task));
    }

    final void pause() {
        paused = true;
    }

    final void resume() {
        paused = false;
        while (!paused && alive && !held.isEmpty()) {
            held.poll().run();
        }
    }

    void kill() {
        alive = false;
        held.clear();
    }
}
