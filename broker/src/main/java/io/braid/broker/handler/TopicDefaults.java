package io.braid.broker.handler;

/**
 * What a topic gets whose creator does not say, and what it may have. Immutable.
 *
 * @param partitions {@code num.partitions}
 * @param replicationFactor {@code default.replication.factor}, {@link #OF_THE_POOL} where that is not set
 * @param maxPartitions the most that one topic may have: {@code max.topic.partitions}
 */
public record TopicDefaults(int partitions, int replicationFactor, int maxPartitions) {

    /** As many replicas as the shards have in which the topic comes to lie. */
    public static final int OF_THE_POOL = -1;

    public TopicDefaults {
        if (partitions < 1 || maxPartitions < 1 || (replicationFactor < 1 && replicationFactor != OF_THE_POOL)) {
            throw new IllegalArgumentException("partitions=" + partitions + " replicationFactor=" + replicationFactor
                    + " maxPartitions=" + maxPartitions);
        }
    }
}
