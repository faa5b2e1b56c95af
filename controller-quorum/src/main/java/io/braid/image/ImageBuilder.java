package io.braid.image;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * Makes one image from another by records. Owned by one thread; dead after {@link #build}. A record that does not fit
 * what is there is a broken invariant ({@link IllegalStateException}), not an outcome: decisions are checked before.
 */
public final class ImageBuilder {
    private final ClusterImage from;
    private final HashTrie.Edit<String, TopicImage> byName;
    private final HashTrie.Edit<Uuid, TopicImage> byId;
    private final HashTrie.Edit<ClusterImage.ConfigKey, ResourceConfig> configs;
    private Interned<Placements> knownPlacements;
    private Interned<Configs> knownConfigs;
    private String clusterId;
    private short metadataVersion;
    private long partitionCount;
    private long nextProducerId;
    private PoolImage[] pools;
    private ShardList[] shards;
    /** Of the pools that are changed here; null for the others. */
    private ShardList.Edit[] changed = {};

    private BrokerImage[] brokers;
    private List<ControllerImage> controllers;

    ImageBuilder(ClusterImage from) {
        this.from = from;
        byName = from.byName.edit();
        byId = from.byId.edit();
        configs = from.configs.edit();
        knownPlacements = from.knownPlacements;
        knownConfigs = from.knownConfigs;
        clusterId = from.clusterId();
        metadataVersion = from.metadataVersion();
        partitionCount = from.partitionCount();
        nextProducerId = from.nextProducerId();
        pools = from.pools;
        shards = from.shards;
        brokers = from.brokers;
        controllers = from.controllers();
    }

    /** Applies records in order. */
    public ImageBuilder apply(List<MetadataRecord> records) {
        for (MetadataRecord record : records) {
            record.applyTo(this);
        }
        return this;
    }

    /** The image as of {@code version}, which is not less than the one it was made from. */
    public ClusterImage build(long version) {
        if (version < from.version()) {
            throw new IllegalStateException("version " + version + " after " + from.version());
        }
        finishShards();
        return new ClusterImage(
                version,
                clusterId,
                metadataVersion,
                byName.done(),
                byId.done(),
                configs.done(),
                partitionCount,
                nextProducerId,
                pools,
                shards,
                brokers,
                controllers,
                knownPlacements.freeze(),
                knownConfigs.freeze());
    }

    void clusterId(String id) {
        clusterId = id;
    }

    void metadataVersion(short version) {
        metadataVersion = version;
    }

    void nextProducerId(long next) {
        nextProducerId = next;
    }

    void controllers(List<ControllerImage> now) {
        controllers = now;
    }

    BrokerImage requireBroker(int id) {
        int at = find(id);
        require(at >= 0, "broker", id);
        return brokers[at];
    }

    void registerBroker(BrokerImage broker) {
        int at = find(broker.id());
        putBroker(broker.withCordoned(at >= 0 && brokers[at].cordoned()));
    }

    void putBroker(BrokerImage broker) {
        int at = find(broker.id());
        if (at >= 0) {
            brokers = brokers == from.brokers ? brokers.clone() : brokers;
            brokers[at] = broker;
        } else {
            brokers = Arrays.copyOf(brokers, brokers.length + 1);
            brokers[brokers.length - 1] = broker;
            Arrays.sort(brokers, Comparator.comparingInt(BrokerImage::id));
        }
    }

    void removeBroker(int id) {
        brokers = Arrays.stream(brokers).filter(b -> b.id() != id).toArray(BrokerImage[]::new);
    }

    private int find(int brokerId) {
        return ClusterImage.find(brokers, brokerId);
    }

    void putPool(PoolImage pool) {
        require(pool.id() >= 0 && pool.id() < ShardImage.MAX_POOLS, "room for pool", pool.id());
        pools = Arrays.copyOf(pools, Math.max(pools.length, pool.id() + 1));
        require(pools[pool.id()] == null, "room for pool", pool.id());
        pools[pool.id()] = pool;
        shards = Arrays.copyOf(shards, pools.length);
        shards[pool.id()] = ShardList.EMPTY;
    }

    void changePool(int id, int replicationFactor, boolean uncleanElection) {
        require(id >= 0 && id < pools.length && pools[id] != null, "pool", id);
        if (pools == from.pools) {
            pools = pools.clone();
        }
        pools[id] = pools[id].with(replicationFactor, uncleanElection);
    }

    void putShard(ShardImage shard) {
        int pool = shard.poolId();
        int index = ShardImage.index(shard.id());
        require(pool < pools.length && pools[pool] != null, "pool", pool);
        ShardList.Edit edit = edit(pool);
        require(index <= edit.size(), "shard before", shard.id());
        edit.put(index, shard);
    }

    private ShardList.Edit edit(int pool) {
        if (pool >= changed.length) {
            changed = Arrays.copyOf(changed, pools.length);
        }
        if (changed[pool] == null) {
            changed[pool] = shards[pool].edit();
        }
        return changed[pool];
    }

    private void finishShards() {
        for (int pool = 0; pool < changed.length; pool++) {
            if (changed[pool] != null) {
                shards = shards == from.shards ? shards.clone() : shards;
                shards[pool] = changed[pool].done();
                if (shards[pool].size() != pools[pool].shardCount()) {
                    pools = pools == from.pools ? pools.clone() : pools;
                    pools[pool] = pools[pool].withShards(shards[pool].size());
                }
            }
        }
    }

    void addTopic(TopicImage topic) {
        Uuid id = topic.id();
        require(byId.get(id) == null && byName.get(topic.name()) == null, "room for topic", topic.name());
        put(topic);
        partitionCount += topic.partitionCount();
    }

    void removeTopic(Uuid id) {
        TopicImage topic = requireTopic(id);
        byId.remove(topic);
        byName.remove(topic);
        partitionCount -= topic.partitionCount();
    }

    void growTopic(Uuid id, int newCount, Placements placements) {
        TopicImage topic = requireTopic(id);
        require(newCount > topic.partitionCount(), "fewer partitions before growing topic", topic.name());
        put(topic.withPartitions(newCount, placements));
        partitionCount += newCount - topic.partitionCount();
    }

    void configureTopic(Uuid id, Configs now) {
        TopicImage topic = requireTopic(id);
        put(topic.with(topic.placements(), now));
    }

    void putConfig(ResourceConfig config) {
        if (config.configs().isEmpty()) {
            configs.remove(config);
        } else {
            configs.put(config);
        }
    }

    private TopicImage requireTopic(Uuid id) {
        TopicImage topic = byId.get(id);
        require(topic != null, "topic", id);
        return topic;
    }

    private void put(TopicImage topic) {
        TopicImage shared = topic.with(share(topic.placements()), share(topic.configs()));
        byId.put(shared);
        byName.put(shared);
    }

    private Placements share(Placements placements) {
        Placements known = knownPlacements.find(placements);
        if (known == null) {
            knownPlacements = knownPlacements.with(placements);
            return placements;
        }
        return known;
    }

    private Configs share(Configs some) {
        Configs known = some.isEmpty() ? Configs.EMPTY : knownConfigs.find(some);
        if (known == null) {
            knownConfigs = knownConfigs.with(some);
            return some;
        }
        return known;
    }

    private static void require(boolean holds, String what, Object which) {
        if (!holds) {
            throw new IllegalStateException("metadata record does not fit: no " + what + " " + which);
        }
    }
}
