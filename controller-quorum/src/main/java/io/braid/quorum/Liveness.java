package io.braid.quorum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which brokers live, as one controller sees it: soft state, never written anywhere. Pure: times come in, in nanoseconds
 * of one clock. Owned by the controller thread.
 */
public final class Liveness {
    private static final class Session {
        final long brokerEpoch;
        long connection;
        boolean connected;
        long deadlineNs;

        Session(long brokerEpoch) {
            this.brokerEpoch = brokerEpoch;
        }
    }

    /** An incarnation of a broker that is gone. */
    public record Expired(int brokerId, long brokerEpoch) {}

    private final LivenessConfig config;
    private final Map<Integer, Session> sessions = new HashMap<>();

    public Liveness(LivenessConfig config) {
        this.config = config;
    }

    /** A broker was heard of on a connection. */
    public void heard(int brokerId, long brokerEpoch, long connection, long nowNs) {
        Session session = sessions.get(brokerId);
        if (session != null && session.brokerEpoch > brokerEpoch) {
            return;
        }
        if (session == null || session.brokerEpoch < brokerEpoch) {
            session = new Session(brokerEpoch);
            sessions.put(brokerId, session);
        }
        session.connection = connection;
        session.connected = true;
        session.deadlineNs = nowNs + config.sessionTimeout().toNanos();
    }

    /** A connection ended; a broker that was last heard of on it has a short while to come back. */
    public void closed(int brokerId, long connection, long nowNs) {
        Session session = sessions.get(brokerId);
        if (session != null && session.connected && session.connection == connection) {
            session.connected = false;
            long graceNs = nowNs + config.closedConnectionGrace().toNanos();
            if (graceNs - session.deadlineNs < 0) {
                session.deadlineNs = graceNs;
            }
        }
    }

    /** Whether an incarnation of the broker is connected on another connection than this one. */
    public boolean connectedElsewhere(int brokerId, long connection, long nowNs) {
        Session session = sessions.get(brokerId);
        return session != null
                && session.connected
                && session.connection != connection
                && nowNs - session.deadlineNs < 0;
    }

    /**
     * This controller leads from now on: a broker it never heard of gets a grace. Brokers send heartbeats to every controller, so
     * one whose connection here has ended gets no more than if this controller had led before; as a rule it died with the
     * controller that led, an election ago.
     */
    public void startLeading(Map<Integer, Long> unfenced, long nowNs) {
        unfenced.forEach((brokerId, epoch) -> {
            Session session = sessions.get(brokerId);
            long graceNs = nowNs + config.newLeaderGrace().toNanos();
            if (session != null && session.brokerEpoch == epoch && session.connected) {
                session.deadlineNs = nowNs + config.sessionTimeout().toNanos();
            } else if (session != null && session.brokerEpoch == epoch) {
                session.deadlineNs = session.deadlineNs - graceNs < 0 ? session.deadlineNs : graceNs;
            } else {
                Session waiting = new Session(epoch);
                waiting.deadlineNs = graceNs;
                sessions.put(brokerId, waiting);
            }
        });
    }

    /** The controller itself stood still: nobody is to blame for what was not heard. */
    public void extendAll(long byNs) {
        sessions.values().forEach(session -> session.deadlineNs += byNs);
    }

    public List<Expired> expired(long nowNs) {
        List<Expired> gone = new ArrayList<>();
        sessions.forEach((brokerId, session) -> {
            if (nowNs - session.deadlineNs >= 0) {
                gone.add(new Expired(brokerId, session.brokerEpoch));
            }
        });
        return gone;
    }

    /** The broker was fenced, or left. */
    public void forget(int brokerId, long brokerEpoch) {
        Session session = sessions.get(brokerId);
        if (session != null && session.brokerEpoch == brokerEpoch) {
            sessions.remove(brokerId);
        }
    }
}
