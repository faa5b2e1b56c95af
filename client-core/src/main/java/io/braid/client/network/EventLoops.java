package io.braid.client.network;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A thread that serves clients: their sockets, their timers, their callbacks. One is shared by all clients of the process
 * that bring none of their own; it begins with the first and ends with the last. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {
    private static final Object LOCK = new Object();
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static MultiThreadIoEventLoopGroup sharedGroup; // guarded by LOCK, as is the count
    private static int sharedUsers;

    private final MultiThreadIoEventLoopGroup group;
    private final boolean shared;
    private boolean closed;

    private EventLoops(MultiThreadIoEventLoopGroup group, boolean shared) {
        this.group = group;
        this.shared = shared;
    }

    /** A share in the one of the process; to be closed once. */
    public static EventLoops shared() {
        synchronized (LOCK) {
            if (sharedUsers++ == 0) {
                sharedGroup = newGroup();
            }
            return new EventLoops(sharedGroup, true);
        }
    }

    /** A thread of its own; the clients that use it must be closed before it is. */
    public static EventLoops own() {
        return new EventLoops(newGroup(), false);
    }

    private static MultiThreadIoEventLoopGroup newGroup() {
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "braid-client-" + NAMES.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
        return new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
    }

    EventLoop next() {
        return group.next();
    }

    /** Ends the thread, if this was the last to use it, without waiting for it. */
    @Override
    public void close() {
        synchronized (LOCK) {
            if (closed) {
                return;
            }
            closed = true;
            if (shared && --sharedUsers > 0) {
                return;
            }
        }
        var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
