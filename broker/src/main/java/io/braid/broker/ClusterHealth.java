package io.braid.broker;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;

/**
 * What an image says of the cluster's health. Immutable.
 *
 * @param brokers registered
 * @param fenced those of them that are down or not ready
 * @param offline shards without a leader
 * @param underReplicated shards of which not every replica is in sync
 * @param led shards that the broker that asks leads
 */
record ClusterHealth(int brokers, int fenced, int shards, int offline, int underReplicated, int led) {

    /** Counts in time proportional to brokers and shards. */
    static ClusterHealth of(ClusterImage image, int brokerId) {
        int fenced = 0;
        for (BrokerImage broker : image.brokers()) {
            fenced += broker.fenced() ? 1 : 0;
        }
        int offline = 0;
        int underReplicated = 0;
        int led = 0;
        for (ShardImage shard : image.shards()) {
            offline += shard.leader() == ShardImage.NO_LEADER ? 1 : 0;
            underReplicated += shard.isr().size() < shard.replicas().size() ? 1 : 0;
            led += shard.leader() == brokerId ? 1 : 0;
        }
        return new ClusterHealth(image.brokers().size(), fenced, image.shards().size(), offline, underReplicated, led);
    }
}
