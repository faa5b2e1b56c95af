package io.braid.broker.replication;

import io.braid.image.ClusterImage;
import java.util.concurrent.CompletableFuture;

/** What this broker knows of the cluster. Thread-safe. */
public interface Membership {
    /** The newest image this broker has. */
    ClusterImage image();

    /** Of this broker's current registration, or -1. */
    long brokerEpoch();

    /** A peer has metadata of this version: fetch it if it is newer than ours. Cheap when it is not. */
    void onVersionSeen(long version);

    /** Complete when {@link #image} is at least that new; may complete late or never. */
    CompletableFuture<Void> awaitVersion(long version);
}
