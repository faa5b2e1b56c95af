package io.braid.client.routing;

import java.util.List;
import org.apache.kafka.common.Uuid;

/** A topic of a Braid cluster: the rules that say which shard a partition is in, whatever their number. Immutable. */
public final class PlacedTopic extends TopicRoute {
    private static final int INTS = 5;

    private final int[] rules; // from, pool, first, stride, modulus; in order of `from`

    /**
     * The shard of the partitions from {@code from} on: {@code pool[(first + (p - from) * stride) mod modulus]}.
     *
     * @param first below the modulus
     */
    public record Rule(int from, int pool, int first, int stride, int modulus) {
        public Rule {
            if (from < 0 || pool < 0 || modulus < 1 || first < 0 || first >= modulus || stride < 1) {
                throw new IllegalArgumentException("no such placement: from=" + from + " pool=" + pool + " first="
                        + first + " stride=" + stride + " modulus=" + modulus);
            }
        }
    }

    /** @param rules in order of their first partitions, the first at 0 */
    public PlacedTopic(String name, Uuid id, int partitionCount, List<Rule> rules) {
        super(name, id, partitionCount);
        if (rules.isEmpty() || rules.get(0).from() != 0) {
            throw new IllegalArgumentException("the placements of topic " + name + " do not begin at partition 0");
        }
        this.rules = new int[rules.size() * INTS];
        int at = 0;
        int previous = -1;
        for (Rule rule : rules) {
            if (rule.from() <= previous) {
                throw new IllegalArgumentException("the placements of topic " + name + " are out of order");
            }
            previous = rule.from();
            this.rules[at++] = rule.from();
            this.rules[at++] = rule.pool();
            this.rules[at++] = rule.first();
            this.rules[at++] = rule.stride();
            this.rules[at++] = rule.modulus();
        }
    }

    /** Pool id x 65,536 + index in the pool. */
    public int shardOf(int partition) {
        int at = rules.length - INTS;
        while (rules[at] > partition) {
            at -= INTS;
        }
        long step = (long) (partition - rules[at]) * rules[at + 3];
        return rules[at + 1] << 16 | (int) ((rules[at + 2] + step) % rules[at + 4]);
    }

    @Override
    int leader(int partition, ShardTable shards) {
        return shards.leader(shardOf(partition));
    }

    @Override
    int leaderEpoch(int partition, ShardTable shards) {
        return shards.leaderEpoch(shardOf(partition));
    }

    @Override
    boolean incomplete(ShardTable shards) {
        return false; // the watch tells when that changes
    }
}
