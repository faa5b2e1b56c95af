package io.braid.broker;

import io.braid.broker.metrics.NodeGauges;
import io.braid.image.ClusterImage;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The cluster's health as gauges, counted once for each image that a scrape meets. Thread-safe. */
final class ClusterGauges {

    private record Counted(long version, ClusterHealth health) {}

    private final int brokerId;
    private final Supplier<ClusterImage> images;
    private volatile Counted last;

    ClusterGauges(int brokerId, Supplier<ClusterImage> images) {
        this.brokerId = brokerId;
        this.images = images;
    }

    void bind(NodeGauges gauges) {
        bind(gauges, NodeGauges.Level.CLUSTER_BROKERS, ClusterHealth::brokers);
        bind(gauges, NodeGauges.Level.CLUSTER_BROKERS_FENCED, ClusterHealth::fenced);
        bind(gauges, NodeGauges.Level.CLUSTER_SHARDS, ClusterHealth::shards);
        bind(gauges, NodeGauges.Level.CLUSTER_SHARDS_OFFLINE, ClusterHealth::offline);
        bind(gauges, NodeGauges.Level.CLUSTER_SHARDS_UNDER_REPLICATED, ClusterHealth::underReplicated);
        bind(gauges, NodeGauges.Level.SHARDS_LED, ClusterHealth::led);
    }

    private void bind(NodeGauges gauges, NodeGauges.Level level, ToLongFunction<ClusterHealth> count) {
        gauges.bind(level, () -> count.applyAsLong(health()));
    }

    private ClusterHealth health() {
        ClusterImage image = images.get();
        Counted counted = last;
        if (counted == null || counted.version() != image.version()) {
            counted = new Counted(image.version(), ClusterHealth.of(image, brokerId));
            last = counted;
        }
        return counted.health();
    }
}
