package io.braid.client.network;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** At most one pending timer that runs a duty. Owned by the event loop. */
public final class Alarm {
    private static final Logger log = LoggerFactory.getLogger(Alarm.class);

    private final EventLoop eventLoop;
    private final Runnable duty;
    private final AtomicBoolean woken = new AtomicBoolean();
    private ScheduledFuture<?> pending; // null when there is none
    private long pendingAtNs;

    public Alarm(EventLoop eventLoop, Runnable duty) {
        this.eventLoop = eventLoop;
        this.duty = duty;
    }

    /** Runs the duty soon, once for however many calls came before it; any thread. Nothing happens when the event loop has ended. */
    public void now() {
        if (woken.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this::wake);
            } catch (RejectedExecutionException e) {
                log.trace("the event loop has ended", e);
            }
        }
    }

    private void wake() {
        woken.set(false);
        duty.run();
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
