package io.braid.broker.fetch;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The fetch sessions of one connection. Owned by its event loop.
 *
 * <p>A session does not outlive its connection: a client that reconnects is told FETCH_SESSION_ID_NOT_FOUND and begins a
 * new one, as KIP-227 provides for.
 */
final class FetchSessions {
    /** How many sessions all connections may hold together. Thread-safe. */
    static final class Slots {
        private final AtomicInteger free;

        Slots(int total) {
            this.free = new AtomicInteger(total);
        }

        boolean take() {
            return free.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
        }

        void giveBack(int n) {
            free.addAndGet(n);
        }

        int free() {
            return free.get();
        }
    }

    private final Map<Integer, FetchSession> sessions = new HashMap<>();
    private final Slots slots;

    FetchSessions(Slots slots) {
        this.slots = slots;
    }

    FetchSession get(int id) {
        return sessions.get(id);
    }

    Iterable<FetchSession> all() {
        return sessions.values();
    }

    /** An unused id for a new session, or {@link FetchSession#NO_SESSION} when there is no slot for it. */
    int allocate() {
        if (!slots.take()) {
            return FetchSession.NO_SESSION;
        }
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        return id;
    }

    void add(FetchSession session) {
        sessions.put(session.id(), session);
    }

    /** Null when there is none. */
    FetchSession remove(int id) {
        FetchSession removed = sessions.remove(id);
        if (removed != null) {
            slots.giveBack(1);
        }
        return removed;
    }

    void clear() {
        slots.giveBack(sessions.size());
        sessions.clear();
    }
}
