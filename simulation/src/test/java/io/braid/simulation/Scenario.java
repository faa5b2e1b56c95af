package io.braid.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.log.FlushMode;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** A cluster without random faults, for one story that is told by a test. */
final class Scenario {
    private static final long LIMIT_MS = 30_000;

    final Cluster cluster;

    private Scenario(Settings settings, Bug bug) {
        cluster = new Cluster(7, settings, bug, null);
        cluster.start();
        until("the cluster is up", cluster::ready);
        until("every replica is in sync and something is written", () -> image().shards().stream()
                .allMatch(shard -> shard.isr().size() == 3 && committed(shard.id()) > 8));
    }

    /** Three brokers on machines 3 to 5, controllers on 0 to 2. */
    static Scenario apart(FlushMode flush, Bug bug) {
        return new Scenario(new Settings(3, 3, true, 3, 2, 4, 1, flush, 2, false, false), bug);
    }

    /** Brokers and controllers together on machines 0 to 2. */
    static Scenario together() {
        return new Scenario(new Settings(3, 3, false, 3, 2, 4, 1, FlushMode.REPLICATED, 2, false, false), Bug.NONE);
    }

    ClusterImage image() {
        return cluster.oracle.newestImage();
    }

    ShardImage shard(int id) {
        return image().shard(id).orElseThrow();
    }

    int leader(int shard) {
        return shard(shard).leader();
    }

    /** A broker that does not lead the shard. */
    int follower(int shard) {
        return shard(shard).replicas().stream()
                .filter(id -> id != leader(shard))
                .findFirst()
                .orElseThrow();
    }

    /** Entries of a shard that are committed. */
    int committed(int shard) {
        return cluster.oracle.shard(shard).committed().size();
    }

    /** Entries in a broker's log. */
    int written(int broker, int shard) {
        return cluster.machine(broker).disk(shard).live().size();
    }

    long counted(String what) {
        return cluster.tally.counts().getOrDefault(what, 0L);
    }

    void run(long ms) {
        long end = cluster.timeline.nowUs() + ms * 1000;
        while (cluster.timeline.nowUs() < end) {
            cluster.timeline.step();
        }
    }

    /** Goes on until it is so; returns how many milliseconds that took. */
    long until(String what, BooleanSupplier met) {
        long since = cluster.timeline.nowUs();
        while (!met.getAsBoolean()) {
            cluster.timeline.step();
            assertThat(cluster.timeline.nowUs() - since).as(what).isLessThan(LIMIT_MS * 1000);
        }
        return (cluster.timeline.nowUs() - since) / 1000;
    }

    /** A broker reaches, and is reached by, nobody of these. */
    void separate(int broker, List<Integer> others) {
        for (int other : others) {
            cluster.network.cut(broker, other);
            cluster.network.cut(other, broker);
        }
    }

    List<Integer> othersThan(int broker) {
        return IntStream.range(0, cluster.settings.firstClient())
                .filter(machine -> machine != broker)
                .boxed()
                .toList();
    }

    /** Everything runs again; all that was acknowledged is there, copied and read. */
    void converge() {
        cluster.network.heal();
        cluster.mend();
        for (int id = 0; id < cluster.settings.firstClient(); id++) {
            if (cluster.isController(id)) {
                cluster.startController(id);
            }
            if (cluster.isBroker(id)) {
                cluster.startBroker(id);
            }
        }
        run(1_000);
        cluster.drain();
        Convergence convergence = new Convergence(cluster);
        until("the cluster is whole again", () -> convergence.missing().isEmpty());
        assertThat(image().shards()).noneMatch(Convergence::offline);
    }
}
