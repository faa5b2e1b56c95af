package io.braid.broker.shard;

import io.braid.log.FlushMode;
import java.util.Objects;

/**
 * Settings of the replica core.
 *
 * @param brokerId this broker
 * @param flush what counts as safe on a replica
 * @param lagTimeMaxMs lag after which a follower leaves the in-sync set
 */
public record ReplicaConfig(int brokerId, FlushMode flush, long lagTimeMaxMs) {
    public ReplicaConfig {
        Objects.requireNonNull(flush);
        if (lagTimeMaxMs <= 0) {
            throw new IllegalArgumentException("lagTimeMaxMs=" + lagTimeMaxMs);
        }
    }
}
