package io.braid.client.routing;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The map of a cluster as a client needs it: brokers, and for the topics in use who leads their partitions. Immutable.
 *
 * <p>On a Braid cluster a topic is its placement rule and all topics share the shard table, so that a topic of a million
 * partitions takes some hundred bytes. The version is then the metadata version (which never goes back), else 0.
 */
public final class RoutingTable {
    public static final RoutingTable EMPTY = new RoutingTable(0, "", Map.of(), ShardTable.EMPTY, Map.of());

    private final long version;
    private final String clusterId;
    private final Map<Integer, BrokerNode> brokers;
    private final ShardTable shards;
    private final Map<String, TopicRoute> topics;

    private RoutingTable(
            long version,
            String clusterId,
            Map<Integer, BrokerNode> brokers,
            ShardTable shards,
            Map<String, TopicRoute> topics) {
        this.version = version;
        this.clusterId = clusterId;
        this.brokers = brokers;
        this.shards = shards;
        this.topics = topics;
    }

    public long version() {
        return version;
    }

    /** "" until a broker has told it. */
    public String clusterId() {
        return clusterId;
    }

    /** The brokers that are alive, by id. */
    public Map<Integer, BrokerNode> brokers() {
        return brokers;
    }

    /** The topic, if it is in use and exists as far as is known. */
    public Optional<TopicRoute> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    public Set<String> topics() {
        return topics.keySet();
    }

    /** The broker that leads a partition, or {@link ShardTable#NONE}. */
    public int leader(TopicRoute topic, int partition) {
        return topic.leader(Objects.checkIndex(partition, topic.partitionCount()), shards);
    }

    /** The epoch of that leader, or -1 when it is not known. */
    public int leaderEpoch(TopicRoute topic, int partition) {
        return topic.leaderEpoch(Objects.checkIndex(partition, topic.partitionCount()), shards);
    }

    /** Whether a topic in use has partitions without a known leader that nobody will tell of by themselves. */
    public boolean incomplete() {
        return topics.values().stream().anyMatch(topic -> topic.incomplete(shards));
    }

    // ---- news

    /**
     * What a watch tells.
     *
     * @param full whether all that is known of shards and topics is replaced
     * @param brokers that are alive: all of them if {@code full}, else those that are new or changed
     * @param brokersGone ids of brokers that are not alive any more
     * @param gone topics that do not exist (any more)
     */
    public record Delta(
            long version,
            boolean full,
            String clusterId,
            Collection<BrokerNode> brokers,
            Collection<Integer> brokersGone,
            Collection<ShardTable.Entry> shards,
            Collection<PlacedTopic> topics,
            Collection<String> gone) {
        /** News by which no broker goes. */
        public Delta(
                long version,
                boolean full,
                String clusterId,
                Collection<BrokerNode> brokers,
                Collection<ShardTable.Entry> shards,
                Collection<PlacedTopic> topics,
                Collection<String> gone) {
            this(version, full, clusterId, brokers, List.of(), shards, topics, gone);
        }
    }

    /** The table after a watch's news; the table itself when they are older than it. */
    public RoutingTable with(Delta delta) {
        if (delta.version() < version) {
            return this;
        }
        Map<String, TopicRoute> newTopics = topics;
        if (!delta.topics().isEmpty() || !delta.gone().isEmpty() || delta.full()) {
            newTopics = delta.full() ? new HashMap<>() : new HashMap<>(topics);
            delta.gone().forEach(newTopics::remove);
            for (PlacedTopic topic : delta.topics()) {
                newTopics.put(topic.name(), topic);
            }
        }
        return new RoutingTable(
                delta.version(),
                delta.clusterId(),
                brokersAfter(delta),
                shards.with(delta.shards()), // also in full: epochs tell what is newer
                newTopics);
    }

    private Map<Integer, BrokerNode> brokersAfter(Delta delta) {
        if (delta.brokers().isEmpty() && delta.brokersGone().isEmpty()) {
            return brokers;
        }
        Map<Integer, BrokerNode> now = delta.full() ? new HashMap<>() : new HashMap<>(brokers);
        delta.brokersGone().forEach(now::remove);
        delta.brokers().forEach(node -> now.put(node.id(), node));
        return Map.copyOf(now);
    }

    /**
     * What a Metadata answer tells: of the topics in it everything, of others nothing.
     *
     * @param gone topics that it says do not exist
     */
    public RoutingTable with(
            String newClusterId, Collection<BrokerNode> newBrokers, List<ListedTopic> listed, Collection<String> gone) {
        Map<String, TopicRoute> newTopics = new HashMap<>(topics);
        gone.forEach(newTopics::remove);
        for (ListedTopic topic : listed) {
            TopicRoute before = topics.get(topic.name());
            newTopics.put(topic.name(), before == null ? topic : topic.notOlderThan(before));
        }
        return new RoutingTable(version, newClusterId, byId(newBrokers), shards, newTopics);
    }

    /** What an error told of one partition's leader (KIP-951). Heals all partitions of the shard where there are shards. */
    public RoutingTable withLeader(String topic, int partition, int leader, int leaderEpoch) {
        TopicRoute route = topics.get(topic);
        if (route == null || partition < 0 || partition >= route.partitionCount() || leader < 0) {
            return this;
        }
        if (route instanceof PlacedTopic placed) {
            ShardTable healed =
                    shards.with(List.of(new ShardTable.Entry(placed.shardOf(partition), leader, leaderEpoch)));
            return new RoutingTable(version, clusterId, brokers, healed, topics);
        }
        ListedTopic healed = ((ListedTopic) route).with(partition, leader, leaderEpoch);
        Map<String, TopicRoute> newTopics = new HashMap<>(topics);
        newTopics.put(topic, healed);
        return new RoutingTable(version, clusterId, brokers, shards, newTopics);
    }

    /** With brokers that an error named beside a leader. */
    public RoutingTable withBrokers(Collection<BrokerNode> named) {
        if (brokers.values().containsAll(named)) {
            return this;
        }
        Map<Integer, BrokerNode> more = new HashMap<>(brokers);
        named.forEach(node -> more.put(node.id(), node));
        return new RoutingTable(version, clusterId, Map.copyOf(more), shards, topics);
    }

    /** Without the topics that are not in use any more. */
    public RoutingTable only(Set<String> inUse) {
        if (inUse.containsAll(topics.keySet())) {
            return this;
        }
        Map<String, TopicRoute> fewer = new HashMap<>(topics);
        fewer.keySet().retainAll(inUse);
        return new RoutingTable(version, clusterId, brokers, shards, fewer);
    }

    private static Map<Integer, BrokerNode> byId(Collection<BrokerNode> nodes) {
        Map<Integer, BrokerNode> byId = new HashMap<>();
        nodes.forEach(node -> byId.put(node.id(), node));
        return Map.copyOf(byId);
    }
}
