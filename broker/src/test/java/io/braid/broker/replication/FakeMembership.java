package io.braid.broker.replication;

import io.braid.broker.replication.message.ReplicationApis;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.image.MetadataRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/** Metadata that tests change. */
final class FakeMembership implements Membership {
    private final long brokerEpoch;
    private volatile ClusterImage image = ClusterImage.EMPTY;
    private volatile long versionSeen;
    private CompletableFuture<Void> changed = new CompletableFuture<>();

    FakeMembership(long brokerEpoch) {
        this.brokerEpoch = brokerEpoch;
        apply(new MetadataRecord.ClusterCreated("cluster", (short) 1));
    }

    void apply(MetadataRecord... records) {
        CompletableFuture<Void> told;
        synchronized (this) {
            image = image.edit().apply(List.of(records)).build(image.version() + 1);
            told = changed;
            changed = new CompletableFuture<>();
        }
        told.complete(null);
    }

    static MetadataRecord broker(int id, long epoch, int port) {
        return new MetadataRecord.BrokerRegistered(new BrokerImage(
                id,
                epoch,
                Uuid.randomUuid(),
                "",
                List.of(),
                List.of(new Endpoint(ReplicationApis.LISTENER, "127.0.0.1", port)),
                Optional.empty(),
                List.of(),
                false));
    }

    long versionSeen() {
        return versionSeen;
    }

    @Override
    public ClusterImage image() {
        return image;
    }

    @Override
    public long brokerEpoch() {
        return brokerEpoch;
    }

    @Override
    public void onVersionSeen(long version) {
        versionSeen = Math.max(versionSeen, version);
    }

    @Override
    public synchronized CompletableFuture<Void> awaitVersion(long version) {
        return image.version() >= version
                ? CompletableFuture.completedFuture(null)
                : changed.thenCompose(v -> awaitVersion(version));
    }
}
