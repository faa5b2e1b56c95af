package io.braid.client.routing;

import java.util.Arrays;
import org.apache.kafka.common.Uuid;

/** A topic of a Kafka cluster: leader and leader epoch of each partition, 8 bytes for both. Immutable. */
public final class ListedTopic extends TopicRoute {
    private final int[] leaders;
    private final int[] epochs;

    /**
     * @param leaders broker ids by partition, {@link ShardTable#NONE} where there is none; given up by the caller
     * @param epochs leader epochs by partition, -1 where they are not known; given up by the caller
     */
    public ListedTopic(String name, Uuid id, int[] leaders, int[] epochs) {
        super(name, id, leaders.length);
        if (epochs.length != leaders.length) {
            throw new IllegalArgumentException(leaders.length + " leaders, " + epochs.length + " epochs");
        }
        this.leaders = leaders;
        this.epochs = epochs;
    }

    /** This topic, but with what an earlier table knows of newer leader epochs: Metadata may come from a broker behind. */
    ListedTopic notOlderThan(TopicRoute before) {
        if (!(before instanceof ListedTopic listed) || !before.id().equals(id())) {
            return this;
        }
        ListedTopic merged = this;
        for (int p = 0; p < Math.min(leaders.length, listed.leaders.length); p++) {
            if (listed.epochs[p] > merged.epochs[p] && merged.epochs[p] >= 0) {
                merged = merged == this ? new ListedTopic(name(), id(), leaders.clone(), epochs.clone()) : merged;
                merged.leaders[p] = listed.leaders[p];
                merged.epochs[p] = listed.epochs[p];
            }
        }
        return merged;
    }

    /** This topic with a newer leader of one partition; itself when that is no news. */
    ListedTopic with(int partition, int leader, int leaderEpoch) {
        if (partition >= leaders.length || leaderEpoch <= epochs[partition]) {
            return this;
        }
        int[] newLeaders = leaders.clone();
        int[] newEpochs = epochs.clone();
        newLeaders[partition] = leader;
        newEpochs[partition] = leaderEpoch;
        return new ListedTopic(name(), id(), newLeaders, newEpochs);
    }

    @Override
    int leader(int partition, ShardTable shards) {
        return leaders[partition];
    }

    @Override
    int leaderEpoch(int partition, ShardTable shards) {
        return epochs[partition];
    }

    @Override
    boolean incomplete(ShardTable shards) {
        return Arrays.stream(leaders).anyMatch(leader -> leader == ShardTable.NONE);
    }
}
