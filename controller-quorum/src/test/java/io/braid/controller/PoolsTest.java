package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command.AlterControllers;
import io.braid.controller.Command.AlterPool;
import io.braid.controller.Command.CreatePartitions;
import io.braid.controller.Command.NewPartitions;
import io.braid.image.ClusterImage;
import io.braid.image.ControllerImage;
import io.braid.image.PoolImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class PoolsTest {
    @Test
    void aPoolTakesInBrokersThatCameLater() {
        Brokers brokers = new Brokers(1);
        brokers.topic("before", 32, 1);
        TopicImage before = topic(brokers, "before");
        brokers.join(2);
        brokers.join(3);
        brokers.topic("after", 48, 1);
        assertThat(leaders(brokers)).isEqualTo(Map.of(1, 16, 2, 16, 3, 16));
        assertThat(partitionsByLeader(brokers, "after")).isEqualTo(Map.of(1, 16, 2, 16, 3, 16));
        assertThat(topic(brokers, "before")).isEqualTo(before);
        assertThat(partitionsByLeader(brokers, "before")).isEqualTo(Map.of(1, 32));
    }

    @Test
    void addedPartitionsGoToTheGrownPool() {
        Brokers brokers = new Brokers(1);
        brokers.topic("t", 4, 1);
        TopicImage before = topic(brokers, "t");
        brokers.join(2);
        brokers.controller().apply(new CreatePartitions(List.of(new NewPartitions("t", 36)), false));
        TopicImage after = topic(brokers, "t");
        for (int p = 0; p < 4; p++) {
            assertThat(after.shardOf(p)).isEqualTo(before.shardOf(p));
        }
        assertThat(partitionsByLeader(brokers, "t")).isEqualTo(Map.of(1, 20, 2, 16));
    }

    @Test
    void aReplicatedPoolIsMadeBesideTheFirstOne() {
        Brokers brokers = new Brokers(1);
        brokers.topic("single", 1, 1);
        assertThat(brokers.topic("early", 1, 3).error()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        brokers.join(2);
        brokers.join(3);
        assertThat(brokers.topic("replicated", 1, 3).error()).isEqualTo(Errors.NONE);
        assertThat(brokers.controller().image().pools())
                .extracting(PoolImage::replicationFactor)
                .containsExactly(1, 3);
    }

    @Test
    void aReplicatedPoolWaitsForEnoughBrokers() {
        Brokers brokers = new Brokers(2);
        CommandResult.Item item = brokers.controller()
                .apply(new Command.CreateTopics(
                        List.of(NewTopic.of(new Uuid(1, 2), "t", 1, 2, Map.of())), new PoolPolicy(0, 3), false))
                .items()
                .get(0);
        assertThat(item.error()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(item.message()).contains("min.brokers.for.pool");
    }

    @Test
    void newShardsOfAGrownPoolFailOverToAllTheOthers() {
        Brokers brokers = new Brokers(3);
        brokers.topic("a", 1, 3);
        brokers.join(4);
        brokers.topic("b", 1, 3);
        List<ShardImage> added = brokers.controller().image().shards().subList(60, 80);
        assertThat(added).allMatch(s -> s.leader() == 4 && s.isr().size() == 3);
        assertThat(added.stream().map(s -> s.replicas().get(1)).distinct()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void aPoolsReplicationFactorGrowsInPlace() {
        Brokers brokers = new Brokers(1);
        brokers.topic("t", 16, 1);
        assertThat(alter(brokers, 3).error()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        brokers.join(2);
        brokers.join(3);
        brokers.join(4);
        assertThat(alter(brokers, 3).ok()).isTrue();
        ClusterImage image = brokers.controller().image();
        assertThat(image.pool(0).orElseThrow().replicationFactor()).isEqualTo(3);
        assertThat(image.shards())
                .allMatch(s -> s.replicas().size() == 3
                        && s.replicas().get(0) == 1
                        && s.isr().equals(List.of(1))
                        && s.leaderEpoch() == 0
                        && s.version() == 1);
        Map<Integer, Long> held = image.shards().stream()
                .flatMap(s -> s.replicas().stream())
                .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
        assertThat(held.values()).allMatch(n -> n == 16 || n == 11 || n == 10);
        assertThat(brokers.inSync(0, 1, image.shards().get(0).replicas().get(1)).ok())
                .isTrue();
        assertThat(alter(brokers, 1).error()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void poolsAndControllersSurviveASnapshot() {
        Brokers brokers = new Brokers(2);
        brokers.topic("t", 1, 2);
        brokers.controller().apply(new AlterPool(0, 0, Optional.of(true)));
        List<ControllerImage> controllers = List.of(new ControllerImage(1, 2, "h", 9093, 9094, true));
        assertThat(brokers.controller()
                        .apply(new AlterControllers(List.of(), controllers))
                        .ok())
                .isTrue();
        ClusterImage image = brokers.controller().image();
        List<byte[]> chunks = new ArrayList<>();
        SnapshotCodec.encode(image, chunks::add);
        SnapshotCodec.Decoder decoder = new SnapshotCodec.Decoder();
        chunks.forEach(decoder::accept);
        assertThat(decoder.finish().image()).isEqualTo(image);
        assertThat(image.controller(1).orElseThrow().generation()).isEqualTo(2);
    }

    @Test
    void controllersAreAlteredAgainstWhatTheyAre() {
        LocalController controller = new Brokers(1).controller();
        ControllerImage first = new ControllerImage(1, 0, "h", 9093, 9094, true);
        ControllerImage second = new ControllerImage(2, 0, "h", 9193, 9194, false);
        assertThat(controller
                        .apply(new AlterControllers(List.of(), List.of(first)))
                        .ok())
                .isTrue();
        assertThat(controller
                        .apply(new AlterControllers(List.of(), List.of(first)))
                        .ok())
                .isTrue();
        assertThat(controller
                        .apply(new AlterControllers(List.of(), List.of(second)))
                        .error())
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(controller
                        .apply(new AlterControllers(List.of(first), List.of(second, first)))
                        .error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(controller
                        .apply(new AlterControllers(
                                List.of(first), List.of(first, new ControllerImage(3, 0, "h", 1, 9094, false))))
                        .message())
                .contains("h:9094");
        assertThat(controller
                        .apply(new AlterControllers(List.of(first), List.of()))
                        .error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    private static CommandResult alter(Brokers brokers, int replicationFactor) {
        return brokers.controller().apply(new AlterPool(0, replicationFactor, Optional.empty()));
    }

    private static TopicImage topic(Brokers brokers, String name) {
        return brokers.controller().image().topic(name).orElseThrow();
    }

    private static Map<Integer, Integer> leaders(Brokers brokers) {
        return brokers.controller().image().shards().stream()
                .collect(Collectors.toMap(ShardImage::leader, s -> 1, Integer::sum));
    }

    private static Map<Integer, Integer> partitionsByLeader(Brokers brokers, String topic) {
        ClusterImage image = brokers.controller().image();
        TopicImage of = image.topic(topic).orElseThrow();
        return java.util.stream.IntStream.range(0, of.partitionCount())
                .boxed()
                .collect(Collectors.toMap(p -> image.shardOf(of, p).leader(), p -> 1, Integer::sum));
    }
}
