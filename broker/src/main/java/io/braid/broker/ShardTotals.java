package io.braid.broker;

import io.braid.broker.metrics.NodeGauges;
import io.braid.broker.shard.Shards;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sums over all shards for the gauges: asked for now and then on the shards' own threads, read by scrapes. Thread-safe.
 */
final class ShardTotals {
    private final Shards shards;
    private final AtomicLong logBytes = new AtomicLong();
    private final AtomicLong partitions = new AtomicLong();
    private final AtomicLong tableBytes = new AtomicLong();

    ShardTotals(Shards shards) {
        this.shards = shards;
    }

    void bind(NodeGauges gauges) {
        gauges.bind(NodeGauges.Level.LOG_BYTES, logBytes::get);
        gauges.bind(NodeGauges.Level.PARTITIONS, partitions::get);
        gauges.bind(
                NodeGauges.Level.PARTITION_HEAP_BYTES,
                () -> partitions.get() == 0 ? 0 : tableBytes.get() / partitions.get());
    }

    /** Asks every shard; the sums are there a moment later. */
    void refresh() {
        shards.total(log -> log.sizeBytes(), logBytes::set);
        shards.total(log -> log.partitions().size(), partitions::set);
        shards.total(log -> log.partitions().heapBytes() + log.producers().heapBytes(), tableBytes::set);
    }
}
