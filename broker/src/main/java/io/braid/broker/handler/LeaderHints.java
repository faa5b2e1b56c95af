package io.braid.broker.handler;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.image.ShardImage;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** Tells a client with a stale map where the leader is now (KIP-951). Stateless. */
public final class LeaderHints {
    /** The leader of a shard and where the client's listener reaches it; {@code rack} may be null. */
    public record Hint(int leaderId, int leaderEpoch, String host, int port, String rack) {}

    private LeaderHints() {}

    /** Whether an error means that the client's map is older than ours. */
    public static boolean isStale(Errors error) {
        return error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
    }

    /** Empty when the shard has no leader or the leader does not have the listener. */
    public static Optional<Hint> of(ClusterImage image, int shardId, String listener) {
        Optional<ShardImage> shard = image.shard(shardId);
        if (shard.isEmpty()) {
            return Optional.empty();
        }
        Optional<BrokerImage> leader = image.broker(shard.get().leader());
        Optional<Endpoint> endpoint = leader.flatMap(b -> b.endpoint(listener));
        return endpoint.map(e -> new Hint(
                shard.get().leader(),
                shard.get().leaderEpoch(),
                e.host(),
                e.port(),
                leader.get().rack().orElse(null)));
    }
}
