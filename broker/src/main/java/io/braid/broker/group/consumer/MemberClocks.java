package io.braid.broker.group.consumer;

import static io.braid.broker.group.Group.NEVER;

import java.util.HashMap;
import java.util.Map;

/**
 * Until when a member may be silent, and until when it may take to give partitions up (or, in the classic protocol, to
 * join or sync). Not in the log: after a restart all begin anew. Times are ms since 1970. Owned by the group.
 */
final class MemberClocks {
    private static final class Clock {
        long sessionEndMs = NEVER;
        long rebalanceEndMs = NEVER;
    }

    private final Map<String, Clock> clocks = new HashMap<>();
    /** Nothing is due before; perhaps nothing is due then either, as heartbeats do not move it. */
    private long nextMs = NEVER;

    void heard(String memberId, long sessionEndMs) {
        clocks.computeIfAbsent(memberId, id -> new Clock()).sessionEndMs = sessionEndMs;
        nextMs = Math.min(nextMs, sessionEndMs);
    }

    /** Starts the time for a step of a rebalance, unless it runs already. */
    void startRebalance(String memberId, long endMs) {
        Clock clock = clocks.computeIfAbsent(memberId, id -> new Clock());
        if (clock.rebalanceEndMs == NEVER) {
            clock.rebalanceEndMs = endMs;
            nextMs = Math.min(nextMs, endMs);
        }
    }

    void endRebalance(String memberId) {
        Clock clock = clocks.get(memberId);
        if (clock != null) {
            clock.rebalanceEndMs = NEVER;
        }
    }

    void remove(String memberId) {
        clocks.remove(memberId);
    }

    boolean isDue(String memberId, long nowMs) {
        Clock clock = clocks.get(memberId);
        return clock != null && (clock.sessionEndMs <= nowMs || clock.rebalanceEndMs <= nowMs);
    }

    long nextMs() {
        return nextMs;
    }

    /** Looks at every clock to say when the next is due. */
    void findNext() {
        nextMs = NEVER;
        for (Clock clock : clocks.values()) {
            nextMs = Math.min(nextMs, Math.min(clock.sessionEndMs, clock.rebalanceEndMs));
        }
    }
}
