package io.braid.broker.replication;

import io.braid.protocol.network.LeasedResponse;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps the frame of an answer until all shards with entries in it are done with them. Thread-safe. */
final class FrameUse {
    private final LeasedResponse response;
    private final AtomicInteger users = new AtomicInteger(1);

    /** The caller is the first user. */
    FrameUse(LeasedResponse response) {
        this.response = response;
    }

    void addUser() {
        users.incrementAndGet();
    }

    void userDone() {
        if (users.decrementAndGet() == 0) {
            response.release();
        }
    }
}
