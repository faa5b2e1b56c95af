package io.braid.client.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class RoutingTableTest {
    private static final Uuid ID = new Uuid(3, 4);

    private static RoutingTable.Delta delta(
            long version, boolean full, List<ShardTable.Entry> shards, PlacedTopic topic) {
        return new RoutingTable.Delta(
                version,
                full,
                "cluster",
                List.of(new BrokerNode(1, "a", 9092, ""), new BrokerNode(2, "b", 9092, "")),
                shards,
                topic == null ? List.of() : List.of(topic),
                List.of());
    }

    private static PlacedTopic millions() {
        return new PlacedTopic("big", ID, 1_000_000, List.of(new PlacedTopic.Rule(0, 2, 5, 7, 16)));
    }

    private static List<ShardTable.Entry> sixteen(int leader, int epoch) {
        return IntStream.range(0, 16)
                .mapToObj(i -> new ShardTable.Entry(2 << 16 | i, leader, epoch))
                .toList();
    }

    @Test
    void placesByTheRule() {
        PlacedTopic topic = new PlacedTopic(
                "t", ID, 100, List.of(new PlacedTopic.Rule(0, 2, 5, 7, 16), new PlacedTopic.Rule(40, 3, 1, 1, 4)));

        assertThat(topic.shardOf(0)).isEqualTo(2 << 16 | 5);
        assertThat(topic.shardOf(3)).isEqualTo(2 << 16 | (5 + 21) % 16);
        assertThat(topic.shardOf(39)).isEqualTo(2 << 16 | (5 + 39 * 7) % 16);
        assertThat(topic.shardOf(40)).isEqualTo(3 << 16 | 1);
        assertThat(topic.shardOf(99)).isEqualTo(3 << 16 | (1 + 59) % 4);
    }

    @Test
    void aHintHealsTheWholeShardAndNothingOlderDoes() {
        RoutingTable table = RoutingTable.EMPTY.with(delta(10, true, sixteen(1, 4), millions()));
        TopicRoute topic = table.topic("big").orElseThrow();

        RoutingTable healed = table.withLeader("big", 16, 2, 5);

        assertThat(healed.leader(topic, 0)).as("of the same shard").isEqualTo(2);
        assertThat(healed.leaderEpoch(topic, 16)).isEqualTo(5);
        assertThat(healed.leader(topic, 1)).isEqualTo(1);
        assertThat(healed.withLeader("big", 16, 1, 4).leader(topic, 16)).isEqualTo(2);
        RoutingTable later = healed.with(delta(11, true, sixteen(1, 4), millions()));
        assertThat(later.leader(topic, 16)).as("an older epoch").isEqualTo(2);
        assertThat(later.version()).isEqualTo(11);
    }

    @Test
    void brokersComeAndGoOneByOne() {
        RoutingTable table = RoutingTable.EMPTY.with(delta(10, true, sixteen(1, 4), millions()));

        RoutingTable later = table.with(new RoutingTable.Delta(
                11,
                false,
                "cluster",
                List.of(new BrokerNode(3, "c", 9092, "")),
                List.of(1),
                List.of(),
                List.of(),
                List.of()));

        assertThat(later.brokers()).containsOnlyKeys(2, 3);
        assertThat(later.with(delta(12, true, List.of(), null)).brokers()).containsOnlyKeys(1, 2);
    }

    @Test
    void aTableIsWhatTheNewestNewsOfEachShardSay() {
        Random random = new Random(7);
        Map<Integer, ShardTable.Entry> expected = new HashMap<>();
        ShardTable table = ShardTable.EMPTY;
        for (int round = 0; round < 200; round++) {
            ShardTable before = table;
            List<ShardTable.Entry> news = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                int shard = random.nextInt(3) << 16 | random.nextInt(1 + random.nextInt(65_536));
                news.add(new ShardTable.Entry(shard, random.nextInt(5) - 1, random.nextInt(50)));
            }
            Map<Integer, ShardTable.Entry> was = new HashMap<>(expected);
            for (ShardTable.Entry entry : news) {
                expected.merge(entry.shard(), entry, (old, now) -> now.leaderEpoch() >= old.leaderEpoch() ? now : old);
            }
            table = table.with(news);
            check(table, expected);
            check(before, was);
        }
        assertThat(table.leader(3 << 16)).isEqualTo(ShardTable.NONE);
    }

    private static void check(ShardTable table, Map<Integer, ShardTable.Entry> expected) {
        expected.forEach((shard, entry) -> {
            assertThat(table.leader(shard)).isEqualTo(entry.leader());
            assertThat(table.leaderEpoch(shard)).isEqualTo(entry.leaderEpoch());
        });
    }

    @Test
    void aFewShardsOfAFullPoolTakeWhatTheyNeed() {
        List<ShardTable.Entry> shards = IntStream.range(60_000, 60_500)
                .mapToObj(i -> new ShardTable.Entry(i, 1, 4))
                .toList();
        ShardTable[] kept = new ShardTable[2_000];
        long before = used();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = ShardTable.EMPTY.with(shards);
        }
        long perTable = (used() - before) / kept.length;

        assertThat(kept[0].leader(60_250)).isEqualTo(1);
        assertThat(kept[0].leader(59_999)).isEqualTo(ShardTable.NONE);
        assertThat(perTable).as("bytes for 500 shards of 65,536").isBetween(4_000L, 12_000L);
    }

    @Test
    void olderVersionsChangeNothing() {
        RoutingTable table = RoutingTable.EMPTY.with(delta(10, true, sixteen(1, 4), millions()));

        assertThat(table.with(delta(9, true, sixteen(2, 9), null))).isSameAs(table);
    }

    @Test
    void onlyTopicsInUseAreKept() {
        RoutingTable table = RoutingTable.EMPTY.with(delta(10, true, sixteen(1, 4), millions()));

        assertThat(table.only(Set.of("other")).topics()).isEmpty();
        assertThat(table.only(Set.of("big"))).isSameAs(table);
    }

    @Test
    void metadataFromABrokerThatIsBehindDoesNotBringAnOlderLeader() {
        List<BrokerNode> brokers = List.of(new BrokerNode(1, "a", 1, ""), new BrokerNode(2, "b", 1, ""));
        RoutingTable table = RoutingTable.EMPTY.with(
                "cluster", brokers, List.of(new ListedTopic("t", ID, new int[] {1, 1}, new int[] {7, 3})), List.of());

        RoutingTable later = table.with(
                "cluster", brokers, List.of(new ListedTopic("t", ID, new int[] {2, 2}, new int[] {6, 4})), List.of());

        TopicRoute topic = later.topic("t").orElseThrow();
        assertThat(later.leader(topic, 0)).isEqualTo(1);
        assertThat(later.leader(topic, 1)).isEqualTo(2);
    }

    @Test
    void aTopicOfAMillionPartitionsTakesLessThanAKilobyte() {
        int copies = 20_000;
        RoutingTable[] kept = new RoutingTable[copies];
        List<ShardTable.Entry> shards = sixteen(1, 4);
        long before = used();
        for (int i = 0; i < copies; i++) {
            kept[i] = RoutingTable.EMPTY.with(
                    new RoutingTable.Delta(10 + i, true, "cluster", List.of(), shards, List.of(millions()), List.of()));
        }
        long perTable = (used() - before) / copies;

        assertThat(kept[copies - 1].version()).isEqualTo(10 + copies - 1);
        assertThat(perTable).as("bytes of table, shard table and topic").isBetween(100L, 1024L);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long last = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            last = Math.min(last, runtime.totalMemory() - runtime.freeMemory());
        }
        return last;
    }
}
