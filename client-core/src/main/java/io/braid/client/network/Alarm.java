package io.braid.client.network;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** At most one pending timer that runs a duty. Owned by the event loop. */
public final class Alarm {
    private final EventLoop eventLoop;
    private final Runnable duty;
    private ScheduledFuture<?> pending; // null when there is none
    private long pendingAtNs;

    public Alarm(EventLoop eventLoop, Runnable duty) {
        this.eventLoop = eventLoop;
        this.duty = duty;
    }

    /** Runs the duty at {@code atNs} (of {@link System#nanoTime}) at the latest; an earlier pending timer stays. */
    public void at(long atNs) {
        if (pending != null && pendingAtNs - atNs <= 0) {
            return;
        }
        cancel();
        pendingAtNs = atNs;
        long delayNs = Math.max(0, atNs - System.nanoTime());
        pending = eventLoop.schedule(this::ring, delayNs, TimeUnit.NANOSECONDS);
    }

    public void cancel() {
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
    }

    private void ring() {
        pending = null;
        duty.run();
    }
}
