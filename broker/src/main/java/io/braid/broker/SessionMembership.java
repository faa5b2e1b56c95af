package io.braid.broker;

import io.braid.broker.replication.Membership;
import io.braid.image.ClusterImage;
import io.braid.quorum.BrokerSession;
import java.util.concurrent.CompletableFuture;

/** The broker's session with the quorum as replication sees it. Thread-safe. */
final class SessionMembership implements Membership {
    private volatile BrokerSession session;

    /** Once, before the first image is followed. */
    void bind(BrokerSession to) {
        session = to;
    }

    @Override
    public ClusterImage image() {
        BrokerSession bound = session;
        return bound == null ? ClusterImage.EMPTY : bound.image();
    }

    @Override
    public long brokerEpoch() {
        BrokerSession bound = session;
        return bound == null ? -1 : bound.brokerEpoch();
    }

    @Override
    public void onVersionSeen(long version) {
        BrokerSession bound = session;
        if (bound != null && version > bound.image().version()) {
            bound.catchUp(version);
        }
    }

    @Override
    public CompletableFuture<Void> awaitVersion(long version) {
        BrokerSession bound = session;
        return bound == null ? new CompletableFuture<>() : bound.awaitVersion(version);
    }
}
