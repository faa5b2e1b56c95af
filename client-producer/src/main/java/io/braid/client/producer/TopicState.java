package io.braid.client.producer;

import io.braid.client.routing.TopicRoute;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the producer keeps of a topic. The route is replaced by the event loop and read by any thread; the rest is guarded by
 * the producer's lock.
 */
final class TopicState {
    final int index;
    final String name;
    final Sequences sequences = new Sequences();
    private volatile TopicRoute route;
    private int stickyPartition = -1;
    private long stickyBytes;

    TopicState(int index, TopicRoute route) {
        this.index = index;
        this.name = route.name();
        this.route = route;
    }

    TopicRoute route() {
        return route;
    }

    void route(TopicRoute newer) {
        route = newer;
    }

    /** The partition for a record without one: the same until a batch's worth of bytes went there. */
    int sticky(int recordBytes, int batchBytes, int random) {
        int count = route.partitionCount();
        if (stickyPartition < 0 || stickyPartition >= count || stickyBytes >= batchBytes) {
            int next = Math.floorMod(random, count);
            stickyPartition = next == stickyPartition ? (next + 1) % count : next;
            stickyBytes = 0;
        }
        stickyBytes += recordBytes;
        return stickyPartition;
    }

    static int random() {
        return ThreadLocalRandom.current().nextInt();
    }
}
