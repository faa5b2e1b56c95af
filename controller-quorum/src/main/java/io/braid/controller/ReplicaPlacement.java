package io.braid.controller;

import io.braid.image.BrokerImage;
import java.util.AbstractList;
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
        return replicas(brokers, replicationFactor, shard % brokers.size(), shard / brokers.size());
    }

    /**
     * The replicas of a shard, leader first.
     *
     * @param leader index in {@code brokers}
     * @param round how many shards this broker leads already
     */
    static List<Integer> replicas(List<BrokerImage> brokers, int replicationFactor, int leader, int round) {
        List<Integer> chosen = new ArrayList<>(replicationFactor);
        fill(chosen, new HashSet<>(), new Candidates(brokers, leader, round), replicationFactor);
        return chosen;
    }

    /**
     * More replicas for a shard, after those it has.
     *
     * @param candidates those wanted most first
     * @param all every registered broker, for the racks of the replicas there are
     */
    static List<Integer> extended(
            List<Integer> replicas, int replicationFactor, List<BrokerImage> candidates, Iterable<BrokerImage> all) {
        List<Integer> chosen = new ArrayList<>(replicas);
        Set<String> racks = new HashSet<>();
        for (BrokerImage broker : all) {
            if (replicas.contains(broker.id())) {
                racks.add(rack(broker));
            }
        }
        fill(chosen, racks, candidates, replicationFactor);
        return chosen;
    }

    private static void fill(List<Integer> chosen, Set<String> racks, List<BrokerImage> candidates, int count) {
        for (int i = 0; i < candidates.size() && chosen.size() < count; i++) {
            BrokerImage broker = candidates.get(i);
            if (!chosen.contains(broker.id()) && racks.add(rack(broker))) {
                chosen.add(broker.id());
            }
        }
        for (int i = 0; i < candidates.size() && chosen.size() < count; i++) {
            BrokerImage broker = candidates.get(i);
            if (!chosen.contains(broker.id())) {
                chosen.add(broker.id());
            }
        }
    }

    /** The leader, then the others from one on that moves by one at each round; made up as they are looked at. */
    private static final class Candidates extends AbstractList<BrokerImage> {
        private final List<BrokerImage> brokers;
        private final int leader;
        private final int round;

        Candidates(List<BrokerImage> brokers, int leader, int round) {
            this.brokers = brokers;
            this.leader = leader;
            this.round = round;
        }

        @Override
        public BrokerImage get(int index) {
            int n = brokers.size();
            int step = index == 0 ? 0 : 1 + (round + index - 1) % (n - 1);
            return brokers.get((leader + step) % n);
        }

        @Override
        public int size() {
            return brokers.size();
        }
    }

    private static String rack(BrokerImage broker) {
        return broker.rack().orElse("broker " + broker.id());
    }
}
