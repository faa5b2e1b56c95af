package io.braid.protocol.network;

import io.braid.protocol.Principal;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of one connection, for handlers. Thread-safe. */
public final class ConnectionState {
    private static final Logger log = LoggerFactory.getLogger(ConnectionState.class);

    private final long id;
    private final String listener;
    private final InetSocketAddress remoteAddress;
    private final Principal principal;
    private final EventExecutor eventLoop;
    private final Object lock = new Object();
    private volatile Map<Class<?>, Object> attributes = Map.of();
    private volatile boolean closed;
    private List<Runnable> onClose = List.of(); // guarded by lock

    /**
     * State of a connection that the caller keeps; servers make their own.
     *
     * @param id unique in this process
     */
    public ConnectionState(long id, String listener, InetSocketAddress remoteAddress, Principal principal) {
        this(id, listener, remoteAddress, principal, ImmediateEventExecutor.INSTANCE);
    }

    /** @param eventLoop the thread that owns the connection */
    public ConnectionState(
            long id, String listener, InetSocketAddress remoteAddress, Principal principal, EventExecutor eventLoop) {
        this.id = id;
        this.eventLoop = Objects.requireNonNull(eventLoop, "eventLoop");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.remoteAddress = Objects.requireNonNull(remoteAddress, "remoteAddress");
        this.principal = Objects.requireNonNull(principal, "principal");
    }

    /** Unique in this process. */
    public long id() {
        return id;
    }

    public String listener() {
        return listener;
    }

    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    public Principal principal() {
        return principal;
    }

    /** The thread on which the connection's requests are handled; whatever a handler keeps of a connection it owns. */
    public EventExecutor eventLoop() {
        return eventLoop;
    }

    /** The value of this class that a handler left here, such as what ApiVersions told about the client. */
    public <T> Optional<T> get(Class<T> type) {
        return Optional.ofNullable(type.cast(attributes.get(type)));
    }

    /** Leaves a value for later requests; replaces an earlier one of the same class. */
    public void put(Object value) {
        synchronized (lock) {
            if (attributes.isEmpty()) {
                attributes = new ConcurrentHashMap<>(4);
            }
            attributes.put(value.getClass(), value);
        }
    }

    public boolean closed() {
        return closed;
    }

    /** Runs the action once when the connection ends, on its event loop; at once, on this thread, if it has ended. */
    public void onClose(Runnable action) {
        synchronized (lock) {
            if (!closed) {
                onClose = onClose.isEmpty() ? new ArrayList<>(2) : onClose;
                onClose.add(action);
                return;
            }
        }
        action.run();
    }

    /** Marks the connection ended and runs what waited for it; a second call does nothing. For the owner. */
    public void markClosed() {
        List<Runnable> actions;
        synchronized (lock) {
            closed = true;
            actions = onClose;
            onClose = List.of();
        }
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) { // one listener's failure must not keep the news from the others
                log.error("listener of a closed connection failed {}", this, e);
            }
        }
    }

    @Override
    public String toString() {
        return "connection=" + id + " listener=" + listener + " remote=" + remoteAddress;
    }
}
