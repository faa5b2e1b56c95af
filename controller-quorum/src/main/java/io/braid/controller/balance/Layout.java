package io.braid.controller.balance;

import io.braid.controller.Command.ShardMove;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which brokers each shard is to be on, while a plan is made. What moves already counts where it moves to, and is left alone.
 * Owned by one thread.
 */
final class Layout {
    private final Map<Integer, ShardLoad> loads;
    private final Map<Integer, List<Integer>> original = new TreeMap<>();
    private final Map<Integer, List<Integer>> replicas = new TreeMap<>();
    private final Map<Integer, String> racks = new TreeMap<>();
    private final Set<Integer> fixed = new HashSet<>();
    private final List<Integer> takers;

    Layout(ClusterImage image, Map<Integer, ShardLoad> loads) {
        this.loads = loads;
        for (ShardImage shard : image.shards()) {
            original.put(shard.id(), shard.target());
            replicas.put(shard.id(), new ArrayList<>(shard.target()));
            if (shard.moving()) {
                fixed.add(shard.id());
            }
        }
        for (BrokerImage broker : image.brokers()) {
            racks.put(broker.id(), broker.rack().orElse("broker " + broker.id()));
        }
        this.takers = image.brokers().stream()
                .filter(BrokerImage::takesReplicas)
                .map(BrokerImage::id)
                .toList();
    }

    /** Brokers that may be given replicas, by id. */
    List<Integer> takers() {
        return takers;
    }

    Set<Integer> shards() {
        return replicas.keySet();
    }

    List<Integer> replicas(int shard) {
        return replicas.get(shard);
    }

    ShardLoad load(int shard) {
        return loads.getOrDefault(shard, ShardLoad.NONE);
    }

    boolean on(int shard, int broker) {
        return replicas.get(shard).contains(broker);
    }

    /** Whether a plan may touch a shard. */
    boolean movable(int shard) {
        return !fixed.contains(shard);
    }

    /** Whether a shard's replica may go from one broker to another, and its replicas are on no fewer racks then. */
    boolean mayMove(int shard, int from, int to) {
        if (!movable(shard) || !on(shard, from) || on(shard, to)) {
            return false;
        }
        return racks(shard, from, to) >= racks(shard, from, from);
    }

    /** Racks of a shard's replicas with one broker in the place of another. */
    int racks(int shard, int from, int to) {
        Set<String> distinct = new HashSet<>();
        for (int broker : replicas.get(shard)) {
            int at = broker == from ? to : broker;
            distinct.add(racks.getOrDefault(at, "broker " + at));
        }
        return distinct.size();
    }

    void move(int shard, int from, int to) {
        replicas.get(shard).replaceAll(broker -> broker == from ? to : broker);
    }

    /** Makes one of its replicas a shard's preferred leader, which changes places with it. */
    void prefer(int shard, int broker) {
        List<Integer> of = replicas.get(shard);
        int at = of.indexOf(broker);
        of.set(at, of.get(0));
        of.set(0, broker);
    }

    Map<Integer, BrokerLoad> brokerLoads() {
        Map<Integer, BrokerLoad> sums = new TreeMap<>();
        racks.keySet().forEach(broker -> sums.put(broker, BrokerLoad.NONE));
        replicas.forEach((shard, on) -> {
            for (int i = 0; i < on.size(); i++) {
                BrokerLoad sum = sums.getOrDefault(on.get(i), BrokerLoad.NONE);
                sums.put(on.get(i), sum.plus(load(shard), i == 0));
            }
        });
        return sums;
    }

    /** What has to be done to get here. */
    List<ShardMove> moves() {
        List<ShardMove> moves = new ArrayList<>();
        replicas.forEach((shard, on) -> {
            if (!on.equals(original.get(shard))) {
                moves.add(new ShardMove(shard, on));
            }
        });
        return moves;
    }

    /** Bytes that brokers have to copy to get here. */
    long bytesToMove() {
        long bytes = 0;
        for (ShardMove move : moves()) {
            List<Integer> had = original.get(move.shardId());
            bytes += move.replicas().stream().filter(id -> !had.contains(id)).count()
                    * load(move.shardId()).bytes();
        }
        return bytes;
    }
}
