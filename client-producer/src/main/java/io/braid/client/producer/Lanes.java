package io.braid.client.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;

/** The lanes of all brokers that something goes to, and that of nobody. Guarded by the producer's lock. */
final class Lanes {
    private static final long OVERDUE_LOOK_NS = 5_000_000;

    private final Int2ObjectHashMap<Lane> lanes = new Int2ObjectHashMap<>();
    private final AccumulatorSettings settings;

    Lanes(AccumulatorSettings settings) {
        this.settings = settings;
    }

    /** The lane to a broker, or to {@link Lane#NO_BROKER}; made when there is none. */
    Lane to(int broker) {
        Lane lane = lanes.get(broker);
        if (lane == null) {
            lane = new Lane(broker);
            lanes.put(broker, lane);
        }
        return lane;
    }

    /** A copy. */
    List<Lane> all() {
        return new ArrayList<>(lanes.values());
    }

    /** Whether there are batches whose leader is not known. */
    boolean hasHomeless() {
        Lane homeless = lanes.get(Lane.NO_BROKER);
        return homeless != null && homeless.hasWork();
    }

    /** Forgets the lanes to brokers that are not there any more and have nothing open or in flight. */
    void keepOnly(Set<Integer> brokers, RecordSpace space) {
        for (Lane lane : all()) {
            if (lane.broker != Lane.NO_BROKER
                    && !brokers.contains(lane.broker)
                    && lane.requestsInFlight == 0
                    && lane.oldestOpen == null) {
                space.leave(lane);
                lanes.remove(lane.broker);
            }
        }
    }

    /** When a lane has something to send by itself, in nanoseconds from now; Long.MAX_VALUE for never. */
    long nextInNs(long nowNs) {
        long next = Long.MAX_VALUE;
        for (Lane lane : lanes.values()) {
            if (lane.broker == Lane.NO_BROKER || lane.requestsInFlight >= settings.maxRequestsInFlight()) {
                continue;
            }
            if (lane.muted) {
                next = Math.min(next, lane.mutedUntilNs - nowNs);
            } else if (lane.oldestOpen != null) {
                long dueNs = lane.oldestOpen.createdNs + settings.lingerNs() - nowNs;
                // What is overdue waits for an answer; others behind it may not, and are looked at now and then.
                next = Math.min(next, dueNs > 0 ? dueNs : Math.max(settings.lingerNs(), OVERDUE_LOOK_NS));
            }
        }
        return next;
    }
}
