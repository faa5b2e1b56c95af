package io.braid.broker.fetch;

import io.braid.broker.handler.MetadataSource;
import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What fetches of all connections share. Thread-safe.
 *
 * @param readers runs reads that may wait for a disk
 * @param waiting rounds that wait for data, for metrics
 */
record FetchService(
        Shards shards,
        MetadataSource metadata,
        ReplicaSelector selector,
        Executor readers,
        ByteBufAllocator allocator,
        FetchLimits limits,
        FetchBudget budget,
        FetchSessions.Slots slots,
        AtomicInteger waiting) {
    ClusterImage image() {
        return metadata.image();
    }
}
