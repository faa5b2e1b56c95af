package io.braid.client.consumer;

import io.braid.client.consumer.AssignedPartition.Stage;
import io.braid.client.routing.RoutingTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which partition is fetched from which broker. A partition is in the session of its broker while it may be fetched, and in none
 * else: {@link #place} sees to that after anything of a partition has changed. Owned as the {@link Fetcher} is.
 */
final class FetchSessions {
    private final FetchSettings settings;
    private final ReceivedChunks received;
    private final Map<Integer, FetchSession> byBroker = new TreeMap<>();
    private long serial; // of the last request
    private long named;

    FetchSessions(FetchSettings settings, ReceivedChunks received) {
        this.settings = settings;
        this.received = received;
    }

    Collection<FetchSession> all() {
        return byBroker.values();
    }

    // ---- who is where

    /** Puts a partition where it belongs after anything of it changed. */
    void place(AssignedPartition partition, long nowNs) {
        if (partition.preferred != AssignedPartition.NO_BROKER && nowNs - partition.preferredUntilNs >= 0) {
            partition.preferred = AssignedPartition.NO_BROKER;
        }
        FetchSession wanted =
                fetchable(partition) ? byBroker.computeIfAbsent(partition.broker(), FetchSession::new) : null;
        if (wanted != partition.session) {
            leave(partition);
            if (wanted != null) {
                wanted.add(partition);
            }
        }
    }

    private boolean fetchable(AssignedPartition partition) {
        return partition.stage == Stage.READY
                && !partition.paused
                && !partition.delayed
                && partition.broker() != AssignedPartition.NO_BROKER
                && received.hasRoom(partition);
    }

    /** What is on its way of the partition is not wanted; it is to be placed again. */
    static void leave(AssignedPartition partition) {
        if (partition.session != null) {
            partition.session.remove(partition);
        }
    }

    /** A broker is not there: replicas that were preferred are not any more. */
    void backToLeaders(FetchSession session, long nowNs) {
        for (AssignedPartition partition : List.copyOf(session.members())) {
            if (partition.preferred != AssignedPartition.NO_BROKER) {
                partition.preferred = AssignedPartition.NO_BROKER;
                place(partition, nowNs);
            }
        }
    }

    /** A topic is another one now: see {@link FetchSession#restart}. */
    void restart() {
        byBroker.values().forEach(FetchSession::restart);
    }

    /** Forgets brokers that are gone. */
    void onRouting(RoutingTable table) {
        byBroker.values()
                .removeIf(session -> session.isEmpty()
                        && !session.inFlight()
                        && !table.brokers().containsKey(session.broker));
    }

    // ---- requests

    /** Sessions that may send a request now. */
    List<FetchSession> sendable(long nowNs) {
        List<FetchSession> found = new ArrayList<>();
        if (received.makeRoom()) {
            for (FetchSession session : byBroker.values()) {
                if (session.maySend(nowNs)) {
                    found.add(session);
                }
            }
        }
        return found;
    }

    /** Whether some session could send: to be asked when memory came free, since nobody else looks. */
    boolean maySend(long nowNs) {
        return received.mayHaveRoom() && byBroker.values().stream().anyMatch(session -> session.maySend(nowNs));
    }

    /** The next request of a session that may send; {@link FetchSession#next} says what is to be added to it. */
    FetchSession.Call next(FetchSession session, short version) {
        FetchSession.Call call = session.next(version, ++serial, settings.partitionMaxBytes());
        int brokers =
                (int) byBroker.values().stream().filter(one -> !one.isEmpty()).count();
        call.request().setMaxBytes(received.answerBytes(brokers));
        named += call.named();
        return call;
    }

    /** Partitions that requests have named, since the beginning. */
    long named() {
        return named;
    }

    // ---- answers that are none, and pauses

    /** No answer came. What was sent to a follower goes back to the leader; the rest waits for the connection, or for news. */
    void onLost(FetchSession.Call call, long nowNs) {
        call.session().onLost();
        backToLeaders(call.session(), nowNs);
    }

    /** The request could not be made, or not be understood: that takes a pause. */
    void onUnusable(FetchSession.Call call, long nowNs) {
        call.session().onLost();
        rest(call.session(), nowNs);
    }

    void rest(FetchSession session, long nowNs) {
        session.rest(nowNs + settings.retryBackoffMaxNs());
    }

    /** How long the first of those that rest still does; {@link Long#MAX_VALUE} when none does. */
    long restsNs(long nowNs) {
        long nextNs = Long.MAX_VALUE;
        for (FetchSession session : byBroker.values()) {
            nextNs = Math.min(nextNs, session.restsNs(nowNs));
        }
        return nextNs;
    }
}
