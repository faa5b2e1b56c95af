package io.braid.simulation.scale;

import io.braid.controller.Limits;
import io.braid.image.ShardImage;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** How near a size came to what bounds it: limits in the code, and what one machine can do. Stateless. */
final class Bounds {
    private static final long FEED_RECORDS = 50_000;
    private static final long ANSWER_BYTES = 256 << 10;
    private static final long NODE_HEAP_BYTES = 1 << 30;
    private static final long SESSION_MS = 3_000;

    /**
     * One bound.
     *
     * @param has what the size has of it, in the unit of the limit
     */
    record Bound(String what, double has, double limit, String where) {
        double share() {
            return has / limit;
        }
    }

    private Bounds() {}

    /** Of the lines of one size, the nearest first. */
    static List<Bound> of(Lines lines) {
        Lines happenings = lines.where("experiment", "happening");
        Lines spreads = lines.where("experiment", "spreading").where("way", "pull");
        Lines images = lines.where("experiment", "image");
        return Stream.of(
                        new Bound(
                                "shards of a pool",
                                lines.most("shards"),
                                ShardImage.MAX_PER_POOL,
                                "`ShardImage.MAX_PER_POOL`"),
                        new Bound("brokers", lines.most("brokers"), Limits.MAX_BROKERS, "`Limits.MAX_BROKERS`"),
                        new Bound(
                                "records of one event, beyond which a broker that missed it takes a snapshot",
                                happenings.most("records"),
                                FEED_RECORDS,
                                "`MetadataFeed`"),
                        new Bound(
                                "heap of an image, of a node's default heap in bytes",
                                images.most("imageHeapBytes"),
                                NODE_HEAP_BYTES,
                                "`BRAID_HEAP`"),
                        new Bound(
                                "parts of a snapshot on their way to all brokers, of a controller's default heap in"
                                        + " bytes",
                                lines.most("brokers") * Math.min(ANSWER_BYTES, images.most("snapshotBytes")),
                                NODE_HEAP_BYTES,
                                "`BRAID_HEAP`"),
                        new Bound(
                                "snapshot to all brokers at once over one controller's 10 Gb/s, of a session timeout"
                                        + " in ms",
                                images.most("snapshotToAllBrokersMs"),
                                SESSION_MS,
                                "`broker.session.timeout.ms`"),
                        new Bound(
                                "controller's processor while nothing happens, of one core",
                                lines.where("experiment", "steady").most("cpuSecondsPerSecond"),
                                1,
                                "one event loop"),
                        new Bound(
                                "slowest broker to hear of an event by pull, of a session timeout in ms",
                                spreads.most("brokerMaxMs"),
                                SESSION_MS,
                                "`broker.session.timeout.ms`"))
                .sorted(Comparator.comparingDouble(Bound::share).reversed())
                .toList();
    }
}
