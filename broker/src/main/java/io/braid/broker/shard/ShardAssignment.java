package io.braid.broker.shard;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.List;
import java.util.Optional;

/**
 * What an image says of one shard, as far as its replicas need it. Immutable.
 *
 * @param leader broker id, or {@link ShardImage#NO_LEADER}
 * @param version of the shard; an in-sync set is altered against it
 * @param replicas all of them, the preferred leader first
 * @param inSync broker ids
 * @param metadataVersion of the image
 */
public record ShardAssignment(
        int shardId,
        int leader,
        int leaderEpoch,
        int version,
        List<Replica> replicas,
        List<Integer> inSync,
        long metadataVersion) {
    public ShardAssignment {
        replicas = List.copyOf(replicas);
        inSync = List.copyOf(inSync);
    }

    /**
     * A broker that holds a replica.
     *
     * @param brokerEpoch its current incarnation, -1 when it is not registered
     * @param unfenced whether it may be in sync
     */
    public record Replica(int brokerId, long brokerEpoch, boolean unfenced) {}

    public static ShardAssignment of(ClusterImage image, ShardImage shard) {
        return new ShardAssignment(
                shard.id(),
                shard.leader(),
                shard.leaderEpoch(),
                shard.version(),
                shard.replicas().stream().map(id -> replica(image, id)).toList(),
                shard.isr(),
                image.version());
    }

    /** The replica on a broker, if it has one. */
    public Optional<Replica> replica(int brokerId) {
        for (Replica replica : replicas) {
            if (replica.brokerId() == brokerId) {
                return Optional.of(replica);
            }
        }
        return Optional.empty();
    }

    /** Whether the log has, or may have, copies elsewhere. */
    public boolean replicated() {
        return replicas.size() > 1 || inSync.size() > 1;
    }

    /** Whether a broker has somebody to follow. */
    boolean followedBy(int brokerId) {
        return leader != ShardImage.NO_LEADER
                && leader != brokerId
                && replica(brokerId).isPresent();
    }

    /** Whether two images say the same of the shard. */
    boolean sameAs(ShardAssignment other) {
        return leader == other.leader
                && leaderEpoch == other.leaderEpoch
                && version == other.version
                && replicas.equals(other.replicas)
                && inSync.equals(other.inSync);
    }

    private static Replica replica(ClusterImage image, int brokerId) {
        Optional<BrokerImage> broker = image.broker(brokerId);
        return new Replica(
                brokerId,
                broker.map(BrokerImage::epoch).orElse(-1L),
                broker.map(b -> !b.fenced()).orElse(false));
    }
}
