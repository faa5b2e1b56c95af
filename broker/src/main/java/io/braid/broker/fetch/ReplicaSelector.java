package io.braid.broker.fetch;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.Optional;

/**
 * Sends consumers to an in-sync replica in their own rack (KIP-392), as Kafka's RackAwareReplicaSelector does. Immutable.
 *
 * <p>A shard's partitions have the same replicas, so a consumer that reads many partitions is sent once for each, but to few
 * brokers.
 */
final class ReplicaSelector {
    static final int LEADER = -1;

    private final int brokerId;
    private final boolean rackAware;

    /** @param rackAware whether consumers are sent anywhere at all (replica.selector.class) */
    ReplicaSelector(int brokerId, boolean rackAware) {
        this.brokerId = brokerId;
        this.rackAware = rackAware;
    }

    /**
     * The broker that a consumer had better read from, or {@link #LEADER}. Only the leader sends consumers elsewhere.
     *
     * @param rack of the consumer, "" when it has none
     * @param listener by which the consumer came; the other broker must have it too
     */
    int select(ClusterImage image, int shardId, String rack, String listener) {
        if (!rackAware || rack.isEmpty()) {
            return LEADER;
        }
        Optional<ShardImage> shard = image.shard(shardId);
        if (shard.isEmpty() || shard.get().leader() != brokerId || isIn(image, brokerId, rack)) {
            return LEADER;
        }
        return shard.get().isr().stream()
                .filter(id -> id != brokerId && isIn(image, id, rack))
                .filter(id -> image.broker(id)
                        .filter(b -> !b.fenced() && b.endpoint(listener).isPresent())
                        .isPresent())
                .findFirst()
                .orElse(LEADER);
    }

    private static boolean isIn(ClusterImage image, int broker, String rack) {
        return image.broker(broker)
                .flatMap(BrokerImage::rack)
                .filter(rack::equals)
                .isPresent();
    }
}
