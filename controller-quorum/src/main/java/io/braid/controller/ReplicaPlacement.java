package io.braid.controller;

import io.braid.image.BrokerImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The replica sets of a pool's shards. Leaders go round; the followers of the shards that one broker leads are shifted
 * by one at each round, so that those shards fail over to all the others. A shard's replicas are on different racks as
 * far as there are enough.
 */
final class ReplicaPlacement {
    private ReplicaPlacement() {}

    /**
     * The replicas of the shard with an index, leader first.
     *
     * @param brokers at least {@code replicationFactor} of them, in the order of their ids
     */
    static List<Integer> replicas(List<BrokerImage> brokers, int replicationFactor, int shard) {
        int n = brokers.size();
        int leader = shard % n;
        List<BrokerImage> candidates = new ArrayList<>(n);
        candidates.add(brokers.get(leader));
        for (int i = 0; i < n - 1; i++) {
            int step = 1 + (shard / n + i) % (n - 1);
            candidates.add(brokers.get((leader + step) % n));
        }
        List<Integer> chosen = new ArrayList<>(replicationFactor);
        Set<String> racks = new HashSet<>();
        for (BrokerImage broker : candidates) {
            String rack = broker.rack().orElse("broker " + broker.id());
            if (chosen.size() < replicationFactor && racks.add(rack)) {
                chosen.add(broker.id());
            }
        }
        for (BrokerImage broker : candidates) {
            if (chosen.size() < replicationFactor && !chosen.contains(broker.id())) {
                chosen.add(broker.id());
            }
        }
        return chosen;
    }
}
