package io.braid.image;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/**
 * The metadata of the cluster at one version. Immutable, with structural sharing: an image derived from another shares
 * what did not change, and a topic of one partition costs about 220 bytes in all. Read from any thread.
 */
public final class ClusterImage {
    /** Nothing at all: what a broker or a controller begins with. */
    public static final ClusterImage EMPTY = new ClusterImage(
            0,
            "",
            (short) 0,
            HashTrie.empty(new NameKeys()),
            HashTrie.empty(new IdKeys()),
            HashTrie.empty(new ConfigKeys()),
            0,
            0,
            new PoolImage[0],
            new ShardList[0],
            new BrokerImage[0],
            List.of(),
            Interned.empty(),
            Interned.empty());

    /** Kafka's id for topics in {@code ConfigResource.Type}. */
    public static final byte TOPIC_RESOURCE = 2;
    /** Kafka's id for brokers in {@code ConfigResource.Type}; the name "" is the default of all brokers. */
    public static final byte BROKER_RESOURCE = 4;

    final HashTrie<String, TopicImage> byName;
    final HashTrie<Uuid, TopicImage> byId;
    final HashTrie<ConfigKey, ResourceConfig> configs;
    /** By pool id; null where there is no such pool. */
    final PoolImage[] pools;
    /** By pool id and index in the pool. */
    final ShardList[] shards;
    /** Sorted by id. */
    final BrokerImage[] brokers;

    final Interned<Placements> knownPlacements;
    final Interned<Configs> knownConfigs;
    private final List<ControllerImage> controllers;
    private final long version;
    private final String clusterId;
    private final short metadataVersion;
    private final long partitionCount;
    private final long nextProducerId;

    ClusterImage(
            long version,
            String clusterId,
            short metadataVersion,
            HashTrie<String, TopicImage> byName,
            HashTrie<Uuid, TopicImage> byId,
            HashTrie<ConfigKey, ResourceConfig> configs,
            long partitionCount,
            long nextProducerId,
            PoolImage[] pools,
            ShardList[] shards,
            BrokerImage[] brokers,
            List<ControllerImage> controllers,
            Interned<Placements> knownPlacements,
            Interned<Configs> knownConfigs) {
        this.version = version;
        this.clusterId = clusterId;
        this.metadataVersion = metadataVersion;
        this.byName = byName;
        this.byId = byId;
        this.configs = configs;
        this.partitionCount = partitionCount;
        this.nextProducerId = nextProducerId;
        this.pools = pools;
        this.shards = shards;
        this.brokers = brokers;
        this.controllers = controllers;
        this.knownPlacements = knownPlacements;
        this.knownConfigs = knownConfigs;
    }

    /** The image after the records, which take it to {@code version}. */
    public ClusterImage apply(long toVersion, List<MetadataRecord> records) {
        return new ImageBuilder(this).apply(records).build(toVersion);
    }

    /** For applying many batches of records at once, a snapshot's for one. */
    public ImageBuilder edit() {
        return new ImageBuilder(this);
    }

    /** The Raft index of the last command that changed anything; 0 for {@link #EMPTY}. */
    public long version() {
        return version;
    }

    /** "" until the cluster was created. */
    public String clusterId() {
        return clusterId;
    }

    /** The finalised {@code metadata.version}; 0 until the cluster was created. */
    public short metadataVersion() {
        return metadataVersion;
    }

    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<TopicImage> topic(Uuid id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * A topic whose name is the same but for '.' in place of '_' or the reverse, or the very same. Kafka refuses such
     * a second name, because the two would be one in the names of metrics.
     */
    public Optional<TopicImage> topicCollidingWith(String name) {
        return Optional.ofNullable(byName.find(NameKeys.hashName(name), t -> NameKeys.collide(t.name(), name)));
    }

    public int topicCount() {
        return byId.size();
    }

    /** Over all topics. */
    public long partitionCount() {
        return partitionCount;
    }

    /** Every topic, in an order that is the same for equal images and otherwise of no meaning. */
    public void forEachTopic(Consumer<TopicImage> action) {
        byName.forEach(action);
    }

    public Optional<ShardImage> shard(int id) {
        int pool = ShardImage.poolId(id);
        int index = ShardImage.index(id);
        return pool < shards.length && shards[pool] != null && index < shards[pool].size()
                ? Optional.of(shards[pool].get(index))
                : Optional.empty();
    }

    /** The shard of a partition; a topic's shards exist as long as the topic. */
    public ShardImage shardOf(TopicImage topic, int partition) {
        int id = topic.shardOf(partition);
        return shards[ShardImage.poolId(id)].get(ShardImage.index(id));
    }

    /** All shards, by id: a view, which costs nothing. */
    public List<ShardImage> shards() {
        return new AllShards(shards);
    }

    public Optional<PoolImage> pool(int id) {
        return id >= 0 && id < pools.length ? Optional.ofNullable(pools[id]) : Optional.empty();
    }

    /** All pools, by id. */
    public List<PoolImage> pools() {
        return Arrays.stream(pools).filter(Objects::nonNull).toList();
    }

    public Optional<BrokerImage> broker(int id) {
        int at = find(brokers, id);
        return at >= 0 ? Optional.of(brokers[at]) : Optional.empty();
    }

    /** Where a broker is in an array that is sorted by id; negative if it is not. */
    static int find(BrokerImage[] brokers, int id) {
        int low = 0;
        int high = brokers.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int there = brokers[middle].id();
            if (there == id) {
                return middle;
            }
            if (there < id) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** All registered brokers, fenced ones included, by id. */
    public Collection<BrokerImage> brokers() {
        return Collections.unmodifiableList(Arrays.asList(brokers));
    }

    /** All controllers, by node id; empty until the first leader of a quorum that has several named them. */
    public List<ControllerImage> controllers() {
        return controllers;
    }

    /** The controller of a node. */
    public Optional<ControllerImage> controller(int nodeId) {
        return controllers.stream().filter(c -> c.nodeId() == nodeId).findFirst();
    }

    /**
     * What was set on a resource; empty when nothing was or there is no such resource.
     *
     * @param resourceType as in Kafka's {@code ConfigResource.Type}
     */
    public Map<String, String> config(byte resourceType, String name) {
        if (resourceType == TOPIC_RESOURCE) {
            TopicImage topic = byName.get(name);
            return topic == null ? Configs.EMPTY : topic.configs();
        }
        ResourceConfig config = configs.get(new ConfigKey(resourceType, name));
        return config == null ? Configs.EMPTY : config.configs();
    }

    /** Every resource but topics that has configs. */
    public void forEachConfig(Consumer<ResourceConfig> action) {
        configs.forEach(action);
    }

    /** The first producer id that was given to nobody. */
    public long nextProducerId() {
        return nextProducerId;
    }

    /** What changed since an earlier image of the same cluster. Costs what changed, if this image was derived from it. */
    public ImageChanges changesSince(ClusterImage before) {
        return ImageChanges.between(before, this);
    }

    /** Whether all contents are equal; the version counts. Costs a walk over everything. */
    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ClusterImage that
                        && version == that.version
                        && clusterId.equals(that.clusterId)
                        && metadataVersion == that.metadataVersion
                        && partitionCount == that.partitionCount
                        && nextProducerId == that.nextProducerId
                        && Arrays.equals(pools, that.pools)
                        && Arrays.equals(shards, that.shards)
                        && Arrays.equals(brokers, that.brokers)
                        && controllers.equals(that.controllers)
                        && same(byName, that.byName)
                        && same(byId, that.byId)
                        && same(configs, that.configs));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version);
    }

    @Override
    public String toString() {
        return "ClusterImage(version=" + version + " cluster=" + clusterId + " topics=" + byId.size() + " partitions="
                + partitionCount + " brokers=" + brokers.length + ")";
    }

    private static <K, E> boolean same(HashTrie<K, E> a, HashTrie<K, E> b) {
        boolean[] differs = new boolean[1];
        a.difference(b, (x, y) -> differs[0] = true);
        return a.size() == b.size() && !differs[0];
    }

    /** The shards of all pools, one pool behind the other. */
    private static final class AllShards extends AbstractList<ShardImage> implements RandomAccess {
        private final ShardList[] pools;
        private final int size;

        AllShards(ShardList[] pools) {
            this.pools = pools;
            int count = 0;
            for (ShardList pool : pools) {
                count += pool == null ? 0 : pool.size();
            }
            this.size = count;
        }

        @Override
        public ShardImage get(int index) {
            int left = index;
            for (ShardList pool : pools) {
                if (pool != null && left < pool.size()) {
                    return pool.get(left);
                }
                left -= pool == null ? 0 : pool.size();
            }
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public int size() {
            return size;
        }
    }

    record ConfigKey(byte type, String name) {}

    private static final class ConfigKeys implements HashTrie.Keys<ConfigKey, ResourceConfig> {
        @Override
        public int hash(ConfigKey key) {
            return NameKeys.hashName(key.name) + key.type;
        }

        @Override
        public int hashOf(ResourceConfig element) {
            return NameKeys.hashName(element.name()) + element.type();
        }

        @Override
        public boolean matches(ResourceConfig element, ConfigKey key) {
            return element.type() == key.type && element.name().equals(key.name);
        }

        @Override
        public boolean sameKey(ResourceConfig a, ResourceConfig b) {
            return a.type() == b.type() && a.name().equals(b.name());
        }
    }

    private static final class IdKeys implements HashTrie.Keys<Uuid, TopicImage> {
        @Override
        public int hash(Uuid key) {
            return hash(key.getMostSignificantBits(), key.getLeastSignificantBits());
        }

        @Override
        public int hashOf(TopicImage element) {
            return hash(element.idMsb(), element.idLsb());
        }

        @Override
        public boolean matches(TopicImage element, Uuid key) {
            return element.idMsb() == key.getMostSignificantBits() && element.idLsb() == key.getLeastSignificantBits();
        }

        @Override
        public boolean sameKey(TopicImage a, TopicImage b) {
            return a.idMsb() == b.idMsb() && a.idLsb() == b.idLsb();
        }

        private static int hash(long msb, long lsb) {
            return NameKeys.fold(msb * 0x9E3779B97F4A7C15L ^ lsb);
        }
    }

    /** Hashes take '.' for '_', so that names that collide in Kafka's sense meet in one slot. */
    private static final class NameKeys implements HashTrie.Keys<String, TopicImage> {
        @Override
        public int hash(String key) {
            return hashName(key);
        }

        @Override
        public int hashOf(TopicImage element) {
            return hashName(element.name());
        }

        @Override
        public boolean matches(TopicImage element, String key) {
            return element.name().equals(key);
        }

        @Override
        public boolean sameKey(TopicImage a, TopicImage b) {
            return a.name().equals(b.name());
        }

        static int hashName(String name) {
            long hash = 0;
            for (int i = 0; i < name.length(); i++) {
                hash = (hash ^ normal(name.charAt(i))) * 0x100000001B3L + 0x9E3779B97F4A7C15L;
            }
            return fold(hash);
        }

        static int fold(long hash) {
            long mixed = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
            return (int) (mixed >>> 32);
        }

        static boolean collide(String a, String b) {
            if (a.length() != b.length()) {
                return false;
            }
            for (int i = 0; i < a.length(); i++) {
                if (normal(a.charAt(i)) != normal(b.charAt(i))) {
                    return false;
                }
            }
            return true;
        }

        private static char normal(char c) {
            return c == '.' ? '_' : c;
        }
    }
}
