package io.braid.controller.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command.ShardMove;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.BrokerCordoned;
import io.braid.image.MetadataRecord.BrokerRegistered;
import io.braid.image.MetadataRecord.PoolCreated;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.PoolClass;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BalancerTest {
    private static final double TOLERANCE = 0.05;

    private final List<MetadataRecord> records = new ArrayList<>();
    private final Map<Integer, ShardLoad> loads = new HashMap<>();
    private int shards;

    private void broker(int id, String rack) {
        records.add(new BrokerRegistered(new BrokerImage(
                id, id, new Uuid(id, 1), "", List.of(), List.of(), Optional.ofNullable(rack), List.of(), false)));
    }

    private void brokers(int count) {
        for (int id = 1; id <= count; id++) {
            broker(id, null);
        }
        records.add(new PoolCreated(0, PoolClass.ORDINARY, 1, true));
    }

    private void shard(long bytes, double rate, Integer... replicas) {
        loads.put(shards, new ShardLoad(bytes, rate));
        List<Integer> on = List.of(replicas);
        records.add(new ShardChanged(new ShardImage(shards++, on, on, on.get(0), 0, 0, on.get(0))));
    }

    private ClusterImage image() {
        return ClusterImage.EMPTY.apply(1, records);
    }

    private BalancePlan balance(Goal goal) {
        return Balancer.balance(image(), loads, goal, TOLERANCE);
    }

    @Test
    void aNewBrokerGetsItsShareAndNoByteMoreIsCopied() {
        brokers(4);
        for (int i = 0; i < 60; i++) {
            shard(1_000_000, 1, 1 + i % 3, 1 + (i + 1) % 3, 1 + (i + 2) % 3);
        }
        BalancePlan plan = Balancer.balance(image(), loads, Goal.BYTES, 0);
        assertThat(plan.after()).allSatisfy((id, load) -> {
            assertThat(load.bytes()).isEqualTo(45_000_000);
            assertThat(load.preferred()).isEqualTo(15);
        });
        assertThat(plan.bytesToMove()).isEqualTo(45_000_000);
        assertThat(plan.lowerBoundBytes()).isEqualTo(45_000_000);
    }

    @Test
    void whatIsEvenStays() {
        brokers(3);
        for (int i = 0; i < 6; i++) {
            shard(1_000_000, 1, 1 + i % 3, 1 + (i + 1) % 3);
        }
        for (Goal goal : Goal.values()) {
            assertThat(balance(goal).moves()).isEmpty();
        }
    }

    @Test
    void byRateTheHotShardsGoAndOfThoseTheSmallOnes() {
        brokers(2);
        shard(900, 50, 1);
        shard(10, 50, 1);
        shard(500, 0, 1);
        shard(500, 0, 2);
        BalancePlan plan = balance(Goal.RATE);
        assertThat(plan.bytesToMove()).isEqualTo(10);
        assertThat(plan.lowerBoundBytes()).isEqualTo(10);
        assertThat(plan.after().get(2).bytesPerSecond()).isEqualTo(50);
    }

    @Test
    void leadersAreEvenedOutThroughOthersAndNothingIsCopied() {
        brokers(3);
        for (int i = 0; i < 4; i++) {
            shard(100, 1, 1, 2);
        }
        shard(100, 1, 2, 3);
        shard(100, 1, 2, 3);
        BalancePlan plan = balance(Goal.LEADERS);
        assertThat(plan.bytesToMove()).isZero();
        assertThat(plan.after().values()).extracting(BrokerLoad::preferred).containsOnly(2);
    }

    @Test
    void aCordonedBrokerGetsNothing() {
        brokers(3);
        records.add(new BrokerCordoned(3, true));
        for (int i = 0; i < 8; i++) {
            shard(100, 1, 1);
        }
        BalancePlan plan = balance(Goal.BYTES);
        assertThat(plan.after().get(3).replicas()).isZero();
        assertThat(plan.after().get(2).replicas()).isEqualTo(4);
    }

    @Test
    void racksAreKeptApart() {
        broker(1, "a");
        broker(2, "b");
        broker(3, "b");
        records.add(new PoolCreated(0, PoolClass.ORDINARY, 2, true));
        for (int i = 0; i < 9; i++) {
            shard(100, 1, 1, 2);
        }
        BalancePlan plan = balance(Goal.BYTES);
        assertThat(plan.moves()).isNotEmpty().allSatisfy(move -> assertThat(move.replicas())
                .contains(1));
    }

    @Test
    void drainingCopiesWhatTheBrokerHas() {
        brokers(4);
        for (int i = 0; i < 12; i++) {
            shard(100 + i, 1, 1 + i % 3, 1 + (i + 1) % 3);
        }
        BalancePlan plan = Balancer.drain(image(), loads, 1);
        assertThat(plan.stuck()).isEmpty();
        assertThat(plan.after().get(1).replicas()).isZero();
        assertThat(plan.bytesToMove())
                .isEqualTo(plan.lowerBoundBytes())
                .isEqualTo(plan.before().get(1).bytes());
    }

    @Test
    void aShardThatHasNowhereToGoIsNamed() {
        brokers(2);
        shard(100, 1, 1, 2);
        BalancePlan plan = Balancer.drain(image(), loads, 1);
        assertThat(plan.moves()).isEmpty();
        assertThat(plan.stuck()).singleElement().asString().contains("shard 0 has no other broker");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anyPlanIsLegalAndNoWorseThanWhatWas(long seed) {
        Random random = new Random(seed);
        int count = 2 + random.nextInt(6);
        brokers(count);
        for (int i = 0; i < 40; i++) {
            List<Integer> on = new ArrayList<>();
            for (int id = 1; id <= count; id++) {
                on.add(id);
            }
            java.util.Collections.shuffle(on, random);
            long bytes = random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(1_000);
            shard(
                    bytes,
                    random.nextDouble() * 100,
                    on.subList(0, 1 + random.nextInt(Math.min(3, count))).toArray(Integer[]::new));
        }
        for (Goal goal : Goal.values()) {
            BalancePlan plan = balance(goal);
            for (ShardMove move : plan.moves()) {
                assertThat(new HashSet<>(move.replicas())).hasSameSizeAs(move.replicas());
                assertThat(move.replicas())
                        .hasSameSizeAs(
                                image().shard(move.shardId()).orElseThrow().replicas());
            }
            assertThat(plan.lowerBoundBytes()).isLessThanOrEqualTo(plan.bytesToMove());
            if (goal == Goal.BYTES) {
                assertThat(largest(plan.after())).isLessThanOrEqualTo(largest(plan.before()));
            }
        }
    }

    private static long largest(Map<Integer, BrokerLoad> loads) {
        return loads.values().stream().mapToLong(BrokerLoad::bytes).max().orElse(0);
    }
}
