package io.braid.client.routing;

import java.util.Objects;
import org.apache.kafka.common.Uuid;

/** Where the partitions of a topic are: by rule ({@link PlacedTopic}) or one by one ({@link ListedTopic}). Immutable. */
public abstract class TopicRoute {
    private final String name;
    private final Uuid id;
    private final int partitionCount;

    TopicRoute(String name, Uuid id, int partitionCount) {
        if (partitionCount < 1) {
            throw new IllegalArgumentException("topic " + name + " with " + partitionCount + " partitions");
        }
        this.name = Objects.requireNonNull(name, "name");
        this.id = Objects.requireNonNull(id, "id");
        this.partitionCount = partitionCount;
    }

    public final String name() {
        return name;
    }

    /** {@link Uuid#ZERO_UUID} from a broker that knows no ids. */
    public final Uuid id() {
        return id;
    }

    public final int partitionCount() {
        return partitionCount;
    }

    abstract int leader(int partition, ShardTable shards);

    abstract int leaderEpoch(int partition, ShardTable shards);

    /** Whether some partition has no leader as far as is known, which a Metadata request may mend. */
    abstract boolean incomplete(ShardTable shards);
}
