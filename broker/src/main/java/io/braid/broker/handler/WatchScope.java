package io.braid.broker.handler;

import io.braid.image.ClusterImage;
import io.braid.image.Placement;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * The shards that hold the partitions of some topics: what a client that uses these has to know of. A bit for each shard of
 * the pools concerned. Immutable.
 */
public final class WatchScope {
    private final Map<Integer, BitSet> pools = new TreeMap<>();

    private WatchScope() {}

    /** Of those of the topics that there are. */
    public static WatchScope of(ClusterImage image, Iterable<String> topics) {
        WatchScope scope = new WatchScope();
        for (String name : topics) {
            Optional<TopicImage> topic = image.topic(name);
            topic.ifPresent(scope::add);
        }
        return scope;
    }

    private void add(TopicImage topic) {
        List<Placement> rules = new ArrayList<>(topic.placements());
        for (int i = 0; i < rules.size(); i++) {
            int end = i + 1 < rules.size() ? rules.get(i + 1).fromPartition() : topic.partitionCount();
            add(rules.get(i), end - rules.get(i).fromPartition());
        }
    }

    private void add(Placement rule, int partitions) {
        BitSet shards = pools.computeIfAbsent(rule.poolId(), unused -> new BitSet());
        if (partitions >= rule.modulus()) {
            shards.set(0, rule.modulus());
        } else if (rule.stride() == 1) {
            int end = rule.first() + partitions;
            shards.set(rule.first(), Math.min(end, rule.modulus()));
            shards.set(0, Math.max(0, end - rule.modulus()));
        } else {
            for (int i = 0; i < partitions; i++) {
                shards.set(ShardImage.index(rule.shardOf(rule.fromPartition() + i)));
            }
        }
    }

    public boolean contains(int shard) {
        BitSet shards = pools.get(ShardImage.poolId(shard));
        return shards != null && shards.get(ShardImage.index(shard));
    }

    /** Every shard of it, by id. */
    public void forEach(IntConsumer action) {
        pools.forEach((pool, shards) -> shards.stream().forEach(index -> action.accept(ShardImage.id(pool, index))));
    }
}
