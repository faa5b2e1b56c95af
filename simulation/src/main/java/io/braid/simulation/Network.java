package io.braid.simulation;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The network between machines: what is sent arrives late, out of order, twice or not at all. Every message passes by
 * value (they are immutable); a request reaches whatever process then serves the address, an answer only the process
 * that asked.
 */
final class Network {
    private static final int LOCAL_US = 20;

    private final Timeline timeline;
    private final Chance chance;
    private final boolean[][] cut;
    /** What every message from a machine takes longer. */
    private final long[] lagUs;

    private int lossPercent;
    private int twicePercent;
    private int latePercent;

    Network(Timeline timeline, Chance chance, int machines) {
        this.timeline = timeline;
        this.chance = chance;
        this.cut = new boolean[machines][machines];
        this.lagUs = new long[machines];
    }

    /** How bad it is from now on, in messages of a hundred. */
    void quality(int lossPercent, int twicePercent, int latePercent) {
        this.lossPercent = lossPercent;
        this.twicePercent = twicePercent;
        this.latePercent = latePercent;
    }

    /** Lets nothing through in one direction. */
    void cut(int from, int to) {
        cut[from][to] = from != to;
    }

    /** What a machine sends from now on waits somewhere on the way, and arrives whatever becomes of the machine. */
    void lag(int from, long ms) {
        lagUs[from] = ms * 1000;
    }

    void heal() {
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
        Arrays.fill(lagUs, 0);
    }

    /** Whether anything gets there at all. */
    boolean reaches(int from, int to) {
        return !cut[from][to];
    }

    boolean reachBoth(int a, int b) {
        return reaches(a, b) && reaches(b, a);
    }

    /** Sends a message. */
    void send(int from, int to, Runnable deliver) {
        if (from == to) {
            timeline.after(LOCAL_US, deliver);
            return;
        }
        if (cut[from][to] || chance.percent(lossPercent)) {
            return;
        }
        later(from, to, deliver);
        if (chance.percent(twicePercent)) {
            later(from, to, deliver);
        }
    }

    private void later(int from, int to, Runnable deliver) {
        long delayUs = chance.percent(latePercent) ? chance.between(20_000, 5_000_000) : chance.between(100, 2_500);
        boolean onItsWay = lagUs[from] > 0;
        timeline.after(delayUs + lagUs[from], () -> {
            if (onItsWay || !cut[from][to]) {
                deliver.run();
            }
        });
    }

    /**
     * Asks, and hears either the answer or that there was none in time; one of both, once.
     *
     * @param server who serves the address when the request arrives; null when nobody does
     * @param handler the server's, with what sends its answer
     */
    <P extends SimProcess, A> void call(
            SimProcess from,
            int to,
            Supplier<P> server,
            BiConsumer<P, Consumer<A>> handler,
            long timeoutMs,
            Consumer<A> onAnswer,
            Runnable onFailure) {
        boolean[] over = new boolean[1];
        int home = from.machine();
        Consumer<Runnable> once = then -> from.run(() -> {
            if (!over[0]) {
                over[0] = true;
                then.run();
            }
        });
        send(home, to, () -> {
            P target = server.get();
            if (target == null) {
                send(to, home, () -> once.accept(onFailure));
            } else {
                target.run(() -> handler.accept(
                        target, answer -> send(to, home, () -> once.accept(() -> onAnswer.accept(answer)))));
            }
        });
        timeline.afterUnless(from.clock.toTrueUs(timeoutMs), () -> over[0], () -> once.accept(onFailure));
    }
}
