package io.braid.broker.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Levels that the components keep and a scrape reads. Until a component has bound its source a level is 0. A source is
 * called by the scraping thread: it must be cheap, thread-safe, and not throw.
 */
public final class NodeGauges {

    /** A level of the node as a whole. */
    public enum Level {
        REQUEST_BYTES_HELD(Metric.REQUEST_BYTES_HELD),
        LOG_BYTES(Metric.LOG_BYTES),
        SHARDS(Metric.SHARDS),
        SHARDS_LED(Metric.SHARDS_LED),
        /** Partitions with data. */
        PARTITIONS(Metric.PARTITIONS),
        /** Heap bytes of the tables, divided by the partitions with data. */
        PARTITION_HEAP_BYTES(Metric.PARTITION_HEAP),
        READER_QUEUE(Metric.READER_QUEUE),
        FETCH_SESSIONS(Metric.FETCH_SESSIONS),
        FETCH_BYTES_HELD(Metric.FETCH_BYTES_HELD),
        METADATA_VERSION(Metric.METADATA_VERSION),
        TOPICS(Metric.TOPICS),
        CLUSTER_BROKERS(Metric.CLUSTER_BROKERS),
        CLUSTER_BROKERS_FENCED(Metric.CLUSTER_BROKERS_FENCED),
        CLUSTER_SHARDS(Metric.CLUSTER_SHARDS),
        CLUSTER_SHARDS_OFFLINE(Metric.CLUSTER_SHARDS_OFFLINE),
        CLUSTER_SHARDS_UNDER_REPLICATED(Metric.CLUSTER_SHARDS_UNDER_REPLICATED),
        QUORUM_LEADER(Metric.QUORUM_LEADER),
        QUORUM_TERM(Metric.QUORUM_TERM),
        QUORUM_COMMIT_INDEX(Metric.QUORUM_COMMIT_INDEX);

        private final Metric metric;

        Level(Metric metric) {
            this.metric = metric;
        }
    }

    /** A level of each of several things: threads, kinds of waiting requests, log directories. */
    public enum Depth {
        SHARD_THREAD_QUEUE(Metric.SHARD_QUEUE),
        EVENT_LOOP_QUEUE(Metric.EVENT_LOOP_QUEUE),
        PURGATORY(Metric.PURGATORY),
        DISK_FREE(Metric.DISK_FREE),
        DISK_SIZE(Metric.DISK_SIZE);

        private final Metric metric;

        Depth(Metric metric) {
            this.metric = metric;
        }
    }

    private final Meters meters;
    private final Map<Level, LongSupplier> sources = new EnumMap<>(Level.class); // guarded by this

    NodeGauges(Meters meters) {
        this.meters = meters;
        for (Level level : Level.values()) {
            sources.put(level, () -> 0);
            meters.gauge(level.metric, () -> read(level));
        }
    }

    /** Replaces the source of a level. */
    public synchronized void bind(Level level, LongSupplier source) {
        sources.put(level, source);
    }

    /** Adds the source of one thing, such as shard thread {@code "0"}; the first one bound under a name stays. */
    public void bind(Depth depth, String name, LongSupplier source) {
        meters.gauge(depth.metric, source, name);
    }

    private synchronized long read(Level level) {
        return sources.get(level).getAsLong();
    }
}
