package io.braid.broker.handler;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.PoolClass;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * What becomes of replica lists that a client gives for single partitions. A partition lives in a shard and has the
 * shard's replicas, so a list is accepted when it says what the partition gets anyway: always on a cluster of one
 * broker, and on larger ones where all shards of the pool have the same replicas in the same order. Anything else is
 * refused with a message that says why.
 */
final class ReplicaAssignments {

    static final String PLACED_BY_SHARD = "A partition has the replicas of the shard it lives in, and cannot be placed"
            + " on its own: leave the assignment out, and move whole shards instead (braid shards move).";

    private ReplicaAssignments() {}

    /** What is wrong with the list as such, in Kafka's words; empty when nothing is. */
    static Optional<ApiError> malformed(ClusterImage image, List<Integer> replicas) {
        if (replicas.isEmpty()) {
            return invalid("The manual partition assignment includes an empty replica list.");
        }
        for (int broker : replicas) {
            if (image.broker(broker).isEmpty()) {
                return invalid("The manual partition assignment includes broker " + broker
                        + ", but no such broker is registered.");
            }
        }
        for (int broker : replicas) {
            if (replicas.indexOf(broker) != replicas.lastIndexOf(broker)) {
                return invalid("The manual partition assignment includes the broker " + broker + " more than once.");
            }
        }
        return Optional.empty();
    }

    /**
     * Why partitions of a new topic cannot have {@code lists} as their replicas; empty when they get just these.
     *
     * @param poolClass of the pool in which the topic comes to lie
     */
    static Optional<ApiError> misplaced(ClusterImage image, PoolClass poolClass, Collection<List<Integer>> lists) {
        Optional<PoolImage> pool = image.pools().stream()
                .filter(p -> p.poolClass() == poolClass && p.shardCount() > 0)
                .findFirst();
        List<List<Integer>> had = pool.isPresent() ? replicasIn(image, pool.get()) : onlyBroker(image);
        return had.size() == 1 && had.containsAll(new HashSet<>(lists)) ? Optional.empty() : invalid(PLACED_BY_SHARD);
    }

    /** Why a list differs from what all shards of {@code pool} have; empty when it does not. */
    static Optional<ApiError> misplaced(ClusterImage image, PoolImage pool, List<Integer> replicas) {
        return replicasIn(image, pool).equals(List.of(replicas)) ? Optional.empty() : invalid(PLACED_BY_SHARD);
    }

    private static List<List<Integer>> replicasIn(ClusterImage image, PoolImage pool) {
        return image.shards().stream()
                .filter(shard -> shard.poolId() == pool.id())
                .map(ShardImage::replicas)
                .distinct()
                .toList();
    }

    /** What the shards of a pool will have that is still to be made, where that is known: on a single broker. */
    private static List<List<Integer>> onlyBroker(ClusterImage image) {
        return image.brokers().size() == 1
                ? image.brokers().stream().map(BrokerImage::id).map(List::of).toList()
                : List.of();
    }

    private static Optional<ApiError> invalid(String message) {
        return Optional.of(new ApiError(Errors.INVALID_REPLICA_ASSIGNMENT, message));
    }
}
