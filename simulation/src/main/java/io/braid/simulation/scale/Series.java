package io.braid.simulation.scale;

import java.util.ArrayList;
import java.util.List;

/** Sizes that differ from a middle one in one thing each, so that it shows what grows with what. Stateless. */
final class Series {
    /** One size of a series, which is named after what differs. */
    record Point(String series, ClusterSize size) {}

    private static final int SPREAD_TOPICS = 1_000;

    private Series() {}

    /** Series that end where a full size does, and have its middle, a tenth of it, in common. */
    static List<Point> below(ClusterSize full) {
        int perTopic = full.partitionsPerTopic();
        ClusterSize middle = full.withBrokers(Math.max(1, full.brokers() / 10))
                .withTopics(atMost(full.topics(), 10_000), (long) atMost(full.topics(), 10_000) * perTopic)
                .withShards(Math.max(1, full.shards() / 10))
                .withClients(full.clients() / 10);
        List<Point> points = new ArrayList<>();
        for (int brokers : new int[] {10, 30, 100, 300, 1_000}) {
            if (brokers <= full.brokers()) {
                points.add(new Point("brokers", middle.withBrokers(brokers)));
            }
        }
        for (int topics : new int[] {100, 1_000, 10_000, 100_000, 200_000}) {
            if (topics <= full.topics()) {
                points.add(new Point("topics", middle.withTopics(topics, (long) topics * perTopic)));
            }
        }
        for (long partitions : new long[] {10_000, 100_000, 1_000_000, 10_000_000, 100_000_000}) {
            if (partitions <= full.partitions()) {
                points.add(new Point("partitions", middle.withTopics(SPREAD_TOPICS, partitions)));
            }
        }
        for (int shards : new int[] {64, 640, 6_400, 64_000}) {
            if (shards <= full.shards()) {
                points.add(new Point("shards", middle.withShards(shards)));
            }
        }
        return points;
    }

    private static int atMost(int full, int middle) {
        return Math.min(full, middle);
    }
}
