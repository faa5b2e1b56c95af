package io.braid.perf.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.routing.BrokerNode;
import io.braid.client.routing.PlacedTopic;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.braid.perf.measure.JsonLine;
import io.braid.perf.measure.ResultLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    private Path directory;

    /** Records of partition 0 take 2 ms, those of partition 1 as many as they are late: 40 ms from 1,000 to 1,100. */
    private static final class Two implements Latencies {
        @Override
        public double[] ascendingMs() {
            return new double[] {1, 2, 2, 40};
        }

        @Override
        public double longestMs(int partition, long fromMs, long toMs) {
            return partition == 1 && fromMs < 1_100 && toMs > 1_000 ? 40 : 2;
        }

        @Override
        public int failed() {
            return 0;
        }
    }

    @Test
    void staleIsTheTimeFromTheApplyToTheTableAndExtraTheTimeAboveTheMedian() {
        Sightings sightings = new Sightings("t", 2);
        sightings.see(0, 5, 1_010);
        sightings.see(1, 8, 1_030);

        Comparison comparison = new Comparison(
                Way.WATCH,
                List.of(new LeaderChange(0, 5, 2, 1_000), new LeaderChange(1, 7, 3, 1_000)),
                sightings,
                new Two(),
                500,
                3);

        Map<String, Object> line =
                JsonLine.parse(comparison.put(new ResultLine("routing")).text());
        assertThat(line)
                .containsEntry("way", "watch")
                .containsEntry("leaderChanges", 2L)
                .containsEntry("unseenChanges", 0L)
                .containsEntry("refusedBatchesPerChange", 1.5)
                .containsEntry("staleP50Ms", 10.0)
                .containsEntry("staleP99Ms", 30.0)
                .containsEntry("extraP50Ms", 0.0)
                .containsEntry("extraMaxMs", 38.0)
                .containsEntry("latencyP50Ms", 2.0);
        assertThat(comparison.good()).isTrue();
        assertThat(comparison.tableRow()).isEqualTo("| watch | 2 | 1.50 | 0 | 10, 30 | 0.0, 38.0 |");
    }

    @Test
    void aChangeThatTheWatchNeverToldOfIsNotGood() {
        List<LeaderChange> changes = List.of(new LeaderChange(0, 5, 2, 1_000));
        Sightings sightings = new Sightings("t", 2);
        sightings.see(0, 4, 900);

        assertThat(new Comparison(Way.WATCH, changes, sightings, new Two(), 500, 0).good())
                .isFalse();
        assertThat(new Comparison(Way.ERROR, changes, sightings, new Two(), 500, 0).good())
                .as("which promises nothing")
                .isTrue();
        assertThat(new Comparison(Way.WATCH, List.of(), sightings, new Two(), 500, 0).good())
                .as("nothing was compared")
                .isFalse();
    }

    @Test
    void percentilesAreValuesThatWereThere() {
        double[] values = {1, 2, 3, 4};

        assertThat(Comparison.percentile(values, 50)).isEqualTo(2);
        assertThat(Comparison.percentile(values, 99)).isEqualTo(4);
        assertThat(Comparison.percentile(values, 0)).isEqualTo(1);
        assertThat(Comparison.percentile(new double[0], 50)).isNaN();
    }

    @Test
    void theFirstBrokerThatAppliedALeaderSetsTheTime() throws IOException {
        String line = "time=%s level=INFO thread=braid-shard-0 logger=ShardHost event=shard_role shard=%d role=%s"
                + " leader=%d epoch=%d in_sync=[1, 2] end=3 committed=3%n";
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        Files.writeString(
                one,
                "braid ready node=1\n"
                        + String.format(line, "1970-01-01T00:00:01.500Z", 65_537, "follower", 2, 7)
                        + String.format(line, "1970-01-01T00:00:01.600Z", 65_537, "none", -1, 8));
        Files.writeString(two, String.format(line, "1970-01-01T00:00:01.400Z", 65_537, "leader", 2, 7));

        assertThat(RoleLog.read(List.of(one, two))).containsExactly(new RoleLog.Role(65_537, 7, 2, 1_400));
    }

    @Test
    void aTableIsSeenWhenItShowsALaterEpochWithALeader() {
        Sightings sightings = new Sightings("t", 2);
        PlacedTopic topic = new PlacedTopic("t", new Uuid(1, 2), 2, List.of(new PlacedTopic.Rule(0, 0, 0, 1, 2)));
        List<BrokerNode> brokers = List.of(new BrokerNode(1, "h", 1, ""));

        sightings.accept(table(topic, brokers, new ShardTable.Entry(0, 1, 3), new ShardTable.Entry(1, -1, 4)));
        sightings.accept(table(topic, brokers, new ShardTable.Entry(0, 1, 3), new ShardTable.Entry(1, 1, 5)));

        assertThat(sightings.sawMs(new LeaderChange(0, 3, 1, 0))).isPresent();
        assertThat(sightings.sawMs(new LeaderChange(0, 4, 1, 0))).isEqualTo(OptionalLong.empty());
        assertThat(sightings.sawMs(new LeaderChange(1, 4, 1, 0))).isPresent();
    }

    private static RoutingTable table(PlacedTopic topic, List<BrokerNode> brokers, ShardTable.Entry... shards) {
        return RoutingTable.EMPTY.with(
                new RoutingTable.Delta(1, true, "c", brokers, List.of(shards), List.of(topic), List.of()));
    }
}
