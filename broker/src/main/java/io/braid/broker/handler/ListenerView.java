package io.braid.broker.handler;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.agrona.collections.Int2ObjectHashMap;
import org.apache.kafka.common.protocol.Errors;

/**
 * The brokers and shards of one image as the clients of one listener see them: the part of a Metadata answer that all
 * partitions of a shard have in common. It is as large as the shard table, whatever the number of partitions.
 *
 * <p>Immutable, readiness of the shards included: a response that is made in several passes says the same in each.
 */
final class ListenerView {

    /** No broker. */
    static final int NONE = -1;

    /**
     * A broker that is alive and has the listener.
     *
     * @param rack null when the broker names none
     */
    record Node(int id, String host, int port, String rack, boolean fenced) {}

    /**
     * What all partitions of a shard answer.
     *
     * @param leader the broker to send writes to, {@link #NONE} when there is none that accepts them
     * @param error why there is no leader to name, {@link Errors#NONE} when there is one
     * @param offline those of {@code replicas} that are fenced, unknown or without the listener
     */
    record Shard(
            int leader,
            int leaderEpoch,
            Errors error,
            List<Integer> replicas,
            List<Integer> isr,
            List<Integer> offline) {}

    private static final Shard UNKNOWN_SHARD =
            new Shard(NONE, -1, Errors.LEADER_NOT_AVAILABLE, List.of(), List.of(), List.of());

    private final ClusterImage image;
    private final String listener;
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final Int2ObjectHashMap<Shard> shards = new Int2ObjectHashMap<>();
    private final List<Led> led = new ArrayList<>();

    /** A shard that this broker leads, and whether it accepted writes when the view was made. */
    private record Led(int shardId, int leaderEpoch, boolean ready) {}

    /**
     * @param nodeId this broker: readiness is asked for the shards that it leads
     */
    ListenerView(ClusterImage image, String listener, int nodeId, ShardReadiness readiness) {
        this.image = image;
        this.listener = listener;
        for (BrokerImage broker : image.brokers()) {
            endpointOf(broker)
                    .ifPresent(endpoint -> nodes.put(
                            broker.id(),
                            new Node(
                                    broker.id(),
                                    endpoint.host(),
                                    endpoint.port(),
                                    broker.rack().orElse(null),
                                    broker.fenced())));
        }
        for (ShardImage shard : image.shards()) {
            shards.put(shard.id(), view(shard, nodeId, readiness));
        }
    }

    ClusterImage image() {
        return image;
    }

    /** Whether every shard that this broker leads is as ready as it was when the view was made. */
    boolean agreesWith(ShardReadiness readiness) {
        for (Led shard : led) {
            if (readiness.acceptsWrites(shard.shardId(), shard.leaderEpoch()) != shard.ready()) {
                return false;
            }
        }
        return true;
    }

    /** The brokers to connect to, by id. */
    List<Node> aliveNodes() {
        return nodes(false);
    }

    /** The brokers that have the listener, by id; the fenced ones too when asked. */
    List<Node> nodes(boolean includeFenced) {
        List<Node> found = new ArrayList<>(nodes.size());
        for (Node node : nodes.values()) {
            if (includeFenced || !node.fenced()) {
                found.add(node);
            }
        }
        found.sort(Comparator.comparingInt(Node::id));
        return found;
    }

    boolean isAlive(int brokerId) {
        Node node = nodes.get(brokerId);
        return node != null && !node.fenced();
    }

    /** The broker that answers for the controller towards clients: any that is alive, {@link #NONE} without one. */
    int controllerId(int preferred) {
        if (isAlive(preferred)) {
            return preferred;
        }
        List<Node> alive = aliveNodes();
        return alive.isEmpty() ? NONE : alive.get(0).id();
    }

    Shard shard(int shardId) {
        Shard shard = shards.get(shardId);
        return shard == null ? UNKNOWN_SHARD : shard;
    }

    private Optional<Endpoint> endpointOf(BrokerImage broker) {
        return broker.endpoints().stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst();
    }

    private Shard view(ShardImage shard, int nodeId, ShardReadiness readiness) {
        List<Integer> offline =
                shard.replicas().stream().filter(id -> !isAlive(id)).toList();
        Errors error = leaderError(shard, nodeId, readiness);
        return new Shard(
                error == Errors.NONE ? shard.leader() : NONE,
                shard.leaderEpoch(),
                error,
                shard.replicas(),
                shard.isr(),
                offline);
    }

    private Errors leaderError(ShardImage shard, int nodeId, ShardReadiness readiness) {
        int leader = shard.leader();
        if (leader == NONE
                || image.broker(leader).isEmpty()
                || image.broker(leader).get().fenced()) {
            return Errors.LEADER_NOT_AVAILABLE;
        }
        if (!nodes.containsKey(leader)) {
            return Errors.LISTENER_NOT_FOUND;
        }
        if (leader == nodeId) {
            boolean ready = readiness.acceptsWrites(shard.id(), shard.leaderEpoch());
            led.add(new Led(shard.id(), shard.leaderEpoch(), ready));
            return ready ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE;
        }
        return Errors.NONE;
    }
}
