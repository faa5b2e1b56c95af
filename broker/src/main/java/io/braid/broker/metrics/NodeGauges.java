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
        /** Partitions with data. */
        PARTITIONS(Metric.PARTITIONS),
        /** Heap bytes of the tables, divided by the partitions with data. */
        PARTITION_HEAP_BYTES(Metric.PARTITION_HEAP),
        READER_QUEUE(Metric.READER_QUEUE),
        FETCH_SESSIONS(Metric.FETCH_SESSIONS),
        FETCH_BYTES_HELD(Metric.FETCH_BYTES_HELD),
        METADATA_VERSION(Metric.METADATA_VERSION),
        TOPICS(Metric.TOPICS),
        QUORUM_LEADER(Metric.QUORUM_LEADER),
        QUORUM_TERM(Metric.QUORUM_TERM),
        QUORUM_COMMIT_INDEX(Metric.QUORUM_COMMIT_INDEX);

        private final Metric metric;

        Level(Metric metric) {
            this.metric = metric;
        }
    }

    /** A level of each of several things: threads, or kinds of waiting requests. */
    public enum Depth {
        SHARD_THREAD_QUEUE(Metric.SHARD_QUEUE),
        EVENT_LOOP_QUEUE(Metric.EVENT_LOOP_QUEUE),
        PURGATORY(Metric.PURGATORY);

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
