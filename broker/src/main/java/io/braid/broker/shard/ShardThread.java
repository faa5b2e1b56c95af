package io.braid.broker.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty cycle of a set of shards: take messages, let the shards append what they staged, see to timers.
 *
 * <p>Others enter by {@link #submit}; {@link #poll} is the whole cycle and may be driven by hand in a test. An idle thread
 * parks; it does not spin.
 */
final class ShardThread implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardThread.class);
    private static final int INBOX_CAPACITY = 1 << 16;
    private static final int MESSAGES_A_POLL = 512;
    private static final long TICK_MS = 100;
    private static final long FULL_WAIT_NS = 100_000;

    private final ManyToOneConcurrentArrayQueue<ShardMessage> inbox =
            new ManyToOneConcurrentArrayQueue<>(INBOX_CAPACITY);
    private final ArrayDeque<ShardMessage> own =
            new ArrayDeque<>(); // of this thread for itself, when the inbox was full
    private final List<ShardHost> hosts = new ArrayList<>();
    private final List<ShardHost> dirty = new ArrayList<>();
    private final LongSupplier clockMs;
    private final Thread thread;

    private volatile boolean parked;
    private volatile boolean running = true;
    private long nextTickMs;

    ShardThread(String name, LongSupplier clockMs) {
        this.clockMs = clockMs;
        this.thread = new Thread(this, name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Any thread. False when the inbox is full: the message will not run. */
    boolean submit(ShardMessage message) {
        if (!inbox.offer(message)) {
            return false;
        }
        if (parked) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /**
     * As {@link #submit}, but for what must not get lost: waits while the inbox is full, or if this is the thread itself, keeps the
     * message beside it. Not on another shard's thread. The message does not run when the thread has ended.
     */
    void submitSurely(ShardMessage message) {
        while (!submit(message) && running) {
            if (Thread.currentThread().equals(thread)) {
                own.add(message);
                return;
            }
            LockSupport.parkNanos(FULL_WAIT_NS);
        }
    }

    /** Messages that wait; any thread. */
    int queueDepth() {
        return inbox.size();
    }

    /** Adopts a shard. Shard thread. */
    void add(ShardHost host) {
        hosts.add(host);
    }

    /** Lets go of a shard. Shard thread. */
    void remove(ShardHost host) {
        hosts.remove(host);
    }

    /** The host has work that must be finished before this poll ends. Shard thread. */
    void markDirty(ShardHost host) {
        dirty.add(host);
    }

    @Override
    public void run() {
        while (running) {
            if (poll(clockMs.getAsLong()) == 0) {
                park();
            }
        }
        poll(clockMs.getAsLong());
    }

    /** One duty cycle; returns the number of messages taken. */
    int poll(long nowMs) {
        int taken = 0;
        ShardMessage message;
        while (taken < MESSAGES_A_POLL && (message = next()) != null) {
            taken++;
            run(message, nowMs);
        }
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).finish(nowMs);
        }
        dirty.clear();
        if (nowMs >= nextTickMs) {
            nextTickMs = nowMs + TICK_MS;
            for (int i = 0; i < hosts.size(); i++) {
                hosts.get(i).tick(nowMs);
            }
        }
        return taken;
    }

    private ShardMessage next() {
        return own.isEmpty() ? inbox.poll() : own.poll();
    }

    /** Ends the loop after the messages already submitted. Any other thread. */
    void stop() {
        running = false;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(ShardMessage message, long nowMs) {
        try {
            message.run(nowMs);
        } catch (RuntimeException e) {
            // A host confines its own faults; what arrives here has no shard to blame.
            LOG.error("event=shard_message_failed", e);
        }
    }

    private void park() {
        parked = true;
        try {
            if (inbox.isEmpty() && running) {
                LockSupport.parkNanos(this, TICK_MS * 1_000_000);
            }
        } finally {
            parked = false;
        }
    }
}
