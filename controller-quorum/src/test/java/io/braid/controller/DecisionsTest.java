package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command.AlterConfigs;
import io.braid.controller.Command.AlterShard;
import io.braid.controller.Command.CreatePartitions;
import io.braid.controller.Command.CreateTopics;
import io.braid.controller.Command.DeleteTopics;
import io.braid.controller.Command.FenceBroker;
import io.braid.controller.Command.InSyncReplica;
import io.braid.controller.Command.NewPartitions;
import io.braid.controller.Command.RegisterBroker;
import io.braid.controller.Command.TopicRef;
import io.braid.controller.Command.UnfenceBroker;
import io.braid.controller.ConfigChange.Operation;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.image.PoolClass;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionsTest {
    private final LocalController one = LocalController.withOneBroker(1, "PLAINTEXT", "localhost", 9092);
    private long nextId = 100;

    @ParameterizedTest
    @CsvSource({
        "good, 1, -1, NONE",
        "good, 1, 1, NONE",
        "good, 10000000, 1, NONE",
        "good, 10000001, 1, INVALID_PARTITIONS",
        "good, 0, 1, INVALID_PARTITIONS",
        "good, -1, 1, INVALID_PARTITIONS",
        "good, 1, 0, INVALID_REPLICATION_FACTOR",
        "good, 1, -2, INVALID_REPLICATION_FACTOR",
        "good, 1, 2, INVALID_REPLICATION_FACTOR",
        "'', 1, 1, INVALID_TOPIC_EXCEPTION",
        "., 1, 1, INVALID_TOPIC_EXCEPTION",
        "sp ace, 1, 1, INVALID_TOPIC_EXCEPTION",
        "there, 1, 1, TOPIC_ALREADY_EXISTS",
        "with_it, 1, 1, INVALID_TOPIC_EXCEPTION"
    })
    void topicsAreChecked(String name, int partitions, int replicationFactor, Errors expected) {
        create(one, "there", 1, 1);
        create(one, "with.it", 1, 1);
        assertThat(create(one, name, partitions, replicationFactor).error()).isEqualTo(expected);
    }

    @Test
    void aRefusedTopicDoesNotStopTheOthers() {
        CommandResult result = one.apply(new CreateTopics(
                List.of(topic("a", 1, 1), topic("b", 0, 1), topic("c", 1, 1), topic("c", 2, 1)),
                PoolPolicy.DEFAULT,
                false));
        assertThat(result.items())
                .extracting(CommandResult.Item::error)
                .containsExactly(
                        Errors.NONE, Errors.INVALID_PARTITIONS, Errors.INVALID_REQUEST, Errors.INVALID_REQUEST);
        assertThat(one.image().topicCount()).isEqualTo(1);
    }

    @Test
    void poolsAreMadeWhenTheFirstTopicNeedsThem() {
        assertThat(one.image().pools()).isEmpty();
        create(one, "compacted", 1, -1, Map.of("cleanup.policy", "compact"));
        assertThat(one.image().pools()).extracting(p -> p.id()).containsExactly(1);
        create(one, "ordinary", 1, -1);
        assertThat(one.image().pools())
                .extracting(p -> p.poolClass())
                .containsExactly(PoolClass.ORDINARY, PoolClass.INTERNAL_AND_COMPACTED);
        assertThat(one.image().shards())
                .hasSize(32)
                .allMatch(s -> s.leader() == 1 && s.replicas().equals(List.of(1)));
        assertThat(ShardImage.poolId(
                        one.image().topic("compacted").orElseThrow().shardOf(0)))
                .isEqualTo(1);
    }

    @Test
    void topicsOfOnePartitionSpreadEvenly() {
        int[] counts = new int[16];
        for (int i = 0; i < 1_600; i++) {
            create(one, "t" + i, 1, 1);
        }
        one.image().forEachTopic(topic -> counts[topic.shardOf(0)]++);
        for (int count : counts) {
            assertThat(count).isBetween(60, 150);
        }
    }

    @Test
    void partitionsAreAddedWithoutMovingOldOnes() {
        create(one, "t", 3, 1);
        TopicImage before = one.image().topic("t").orElseThrow();
        assertThat(grow("t", 3).error()).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(grow("t", 2).error()).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(grow("none", 2).error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(grow("t", 20).error()).isEqualTo(Errors.NONE);
        TopicImage after = one.image().topic("t").orElseThrow();
        assertThat(after.partitionCount()).isEqualTo(20);
        for (int p = 0; p < 3; p++) {
            assertThat(after.shardOf(p)).isEqualTo(before.shardOf(p));
        }
        assertThat(one.image().partitionCount()).isEqualTo(20);
    }

    @Test
    void topicsAreDeletedByNameAndById() {
        Uuid id = create(one, "a", 1, 1).id();
        create(one, "b", 1, 1);
        CommandResult result = one.apply(new DeleteTopics(
                List.of(TopicRef.of(id), TopicRef.named("b"), TopicRef.named("c"), TopicRef.of(new Uuid(7, 7)))));
        assertThat(result.items())
                .extracting(CommandResult.Item::error)
                .containsExactly(Errors.NONE, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.UNKNOWN_TOPIC_ID);
        assertThat(result.items().get(0).name()).isEqualTo("a");
        assertThat(one.image().topicCount()).isZero();
        assertThat(create(one, "a", 1, 1).id()).isNotEqualTo(id);
    }

    @Test
    void configsAreSetDeletedAppendedAndSubtracted() {
        create(one, "t", 1, 1, Map.of("a", "1", "b", "2"));
        Operation append = new Operation(ConfigChange.Kind.APPEND, "list", "y,z", "x,y");
        alter(false, Operation.set("c", "3"), Operation.delete("a"), append);
        assertThat(one.image().config((byte) 2, "t")).isEqualTo(Map.of("b", "2", "c", "3", "list", "x,y,z"));
        alter(false, new Operation(ConfigChange.Kind.SUBTRACT, "list", "y", ""));
        assertThat(one.image().config((byte) 2, "t")).containsEntry("list", "x,z");
        alter(true, Operation.set("only", "1"));
        assertThat(one.image().topic("t").orElseThrow().configs()).isEqualTo(Map.of("only", "1"));
    }

    @Test
    void configsOfOtherResourcesAreKeptByTypeAndName() {
        CommandResult result = one.apply(new AlterConfigs(
                List.of(
                        new ConfigChange((byte) 4, "", false, List.of(Operation.set("k", "all"))),
                        new ConfigChange((byte) 4, "1", false, List.of(Operation.set("k", "one"))),
                        new ConfigChange((byte) 32, "g", false, List.of(Operation.set("k", "group"))),
                        new ConfigChange((byte) 2, "none", false, List.of(Operation.set("k", "topic")))),
                false));
        assertThat(result.items().get(3).error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(one.image().config((byte) 4, "")).containsEntry("k", "all");
        assertThat(one.image().config((byte) 4, "1")).containsEntry("k", "one");
        assertThat(one.image().config((byte) 32, "g")).containsEntry("k", "group");
        assertThat(one.image().config((byte) 16, "g")).isEmpty();
    }

    @Test
    void producerIdsAreGivenOnceToAKnownIncarnation() {
        long epoch = one.image().broker(1).orElseThrow().epoch();
        assertThat(one.apply(new Command.AllocateProducerIds(1, epoch)).value()).isZero();
        assertThat(one.apply(new Command.AllocateProducerIds(1, epoch)).value()).isEqualTo(1000);
        assertThat(one.apply(new Command.AllocateProducerIds(1, epoch - 1)).error())
                .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void theOnlyReplicaLeadsAgainInANewEpoch() {
        create(one, "t", 1, 1);
        ShardImage before = one.image().shard(0).orElseThrow();
        long epoch = one.apply(registration(1, new Uuid(9, 9), "")).value();
        ShardImage registered = one.image().shard(0).orElseThrow();
        assertThat(registered.leader()).isEqualTo(ShardImage.NO_LEADER);
        assertThat(registered.leaderEpoch()).isGreaterThan(before.leaderEpoch());
        assertThat(registered.isr()).containsExactly(1);
        one.apply(new UnfenceBroker(1, epoch));
        assertThat(one.image().shard(0).orElseThrow().leader()).isEqualTo(1);
    }

    @Test
    void registeringTheSameIncarnationAgainChangesNothing() {
        RegisterBroker again = registration(2, new Uuid(5, 5), "");
        long epoch = one.apply(again).value();
        ClusterImage image = one.image();
        assertThat(one.apply(again).value()).isEqualTo(epoch);
        assertThat(one.image()).isSameAs(image);
    }

    @Test
    void aFencedBrokersShardsFailOverToAllTheOthers() {
        LocalController four = cluster(4);
        create(four, "t", 60, 3);
        assertThat(four.image().shards()).hasSize(60).allMatch(s -> s.replicas().size() == 3);
        long epoch = four.image().broker(1).orElseThrow().epoch();
        Set<Integer> led = new HashSet<>();
        four.image().shards().stream().filter(s -> s.leader() == 1).forEach(s -> led.add(s.id()));
        assertThat(led).hasSize(15);
        four.apply(new FenceBroker(1, epoch));
        Set<Integer> successors = new HashSet<>();
        for (ShardImage shard : four.image().shards()) {
            assertThat(shard.isr()).doesNotContain(1);
            assertThat(shard.leader()).isNotEqualTo(1).isNotEqualTo(ShardImage.NO_LEADER);
            if (led.contains(shard.id())) {
                successors.add(shard.leader());
                assertThat(shard.leaderEpoch()).isEqualTo(1);
            }
        }
        assertThat(successors).containsExactlyInAnyOrder(2, 3, 4);
    }

    @Test
    void theLastMemberIsElectedOnlyIfItKeptItsLog() {
        for (boolean sameBoot : new boolean[] {true, false}) {
            LocalController two = cluster(2);
            create(two, "t", 1, 2);
            two.apply(new FenceBroker(2, epoch(two, 2)));
            two.apply(new FenceBroker(1, epoch(two, 1)));
            assertThat(two.image().shard(0).orElseThrow().isr()).containsExactly(1);
            long epoch = two.apply(registration(1, new Uuid(8, 8), sameBoot ? "boot" : "another"))
                    .value();
            two.apply(new UnfenceBroker(1, epoch));
            assertThat(two.image().shard(0).orElseThrow().leader()).isEqualTo(sameBoot ? 1 : ShardImage.NO_LEADER);
            assertThat(two.image().shard(0).orElseThrow().lastKnownLeader()).isEqualTo(1);
        }
    }

    @Test
    void theInSyncSetIsAlteredAgainstVersionAndIncarnation() {
        LocalController two = cluster(2);
        create(two, "t", 1, 2);
        ShardImage shard = two.image().shard(0).orElseThrow();
        long leaderEpoch = epoch(two, shard.leader());
        int follower = 3 - shard.leader();
        InSyncReplica leader = new InSyncReplica(shard.leader(), leaderEpoch);
        AlterShard shrink =
                new AlterShard(shard.leader(), leaderEpoch, 0, shard.leaderEpoch(), shard.version(), List.of(leader));
        assertThat(two.apply(shrink).ok()).isTrue();
        assertThat(two.image().shard(0).orElseThrow().isr()).containsExactly(shard.leader());
        assertThat(two.apply(shrink).error()).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        AlterShard deadIncarnation = new AlterShard(
                shard.leader(),
                leaderEpoch,
                0,
                shard.leaderEpoch(),
                shard.version() + 1,
                List.of(leader, new InSyncReplica(follower, epoch(two, follower) - 1)));
        assertThat(two.apply(deadIncarnation).error()).isEqualTo(Errors.INELIGIBLE_REPLICA);
        AlterShard oldEpoch =
                new AlterShard(shard.leader(), leaderEpoch, 0, shard.leaderEpoch() - 1, 1, List.of(leader));
        assertThat(two.apply(oldEpoch).error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    @Test
    void aMemberThatCannotBeReliedOnLeavesTheInSyncSetAndItsLeadership() {
        LocalController three = cluster(3);
        create(three, "t", 1, 3);
        ShardImage before = shardInSync(three, 1, 2, 3);
        int leader = before.leader();
        int follower = before.replicas().get(2);
        int other = before.replicas().get(1);

        assertThat(three.apply(leaving(three, follower, leader, other)).ok()).isTrue();
        ShardImage left = three.image().shard(0).orElseThrow();
        assertThat(left.isr()).containsExactlyInAnyOrder(leader, other);
        assertThat(left.leader()).isEqualTo(leader);
        assertThat(left.leaderEpoch()).isEqualTo(before.leaderEpoch());

        assertThat(three.apply(leaving(three, leader, other)).ok()).isTrue();
        ShardImage moved = three.image().shard(0).orElseThrow();
        assertThat(moved.isr()).containsExactly(other);
        assertThat(moved.leader()).isEqualTo(other);
        assertThat(moved.leaderEpoch()).isEqualTo(before.leaderEpoch() + 1);
    }

    @Test
    void theLastMemberThatLeavesIsElectedAgainOnlyUncleanly() {
        LocalController two = cluster(2);
        create(two, "t", 1, 2);
        int leader = shardInSync(two, 1, 2).leader();
        assertThat(two.apply(leaving(two, 3 - leader, leader)).ok()).isTrue();
        assertThat(two.apply(leaving(two, leader)).ok()).isTrue();
        ShardImage nobodys = two.image().shard(0).orElseThrow();
        assertThat(nobodys.leader()).isEqualTo(ShardImage.NO_LEADER);
        assertThat(nobodys.isr()).isEmpty();
        two.apply(new Command.ElectLeaders(Command.Election.UNCLEAN, List.of(0)));
        assertThat(two.image().shard(0).orElseThrow().leader()).isEqualTo(leader);
    }

    @Test
    void whoLeavesTheInSyncSetTakesNobodyAlongAndLetsNobodyIn() {
        LocalController three = cluster(3);
        create(three, "t", 1, 3);
        ShardImage shard = shardInSync(three, 1, 2, 3);
        int leader = shard.leader();
        int follower = shard.replicas().get(1);
        // A follower that also drops another, and a leader that hands over to a part of the set.
        assertThat(three.apply(leaving(three, follower, leader)).error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(three.apply(leaving(three, leader, follower)).error()).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(three.apply(leaving(three, follower, leader, shard.replicas().get(2)))
                        .ok())
                .isTrue();
        // Who is outside cannot leave, nor come in by itself.
        assertThat(three.apply(leaving(three, follower, leader, shard.replicas().get(2)))
                        .error())
                .isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    /** The only shard once all of these brokers are in sync. */
    private static ShardImage shardInSync(LocalController controller, int... brokers) {
        ShardImage shard = controller.image().shard(0).orElseThrow();
        assertThat(shard.isr())
                .containsExactlyInAnyOrderElementsOf(
                        java.util.Arrays.stream(brokers).boxed().toList());
        return shard;
    }

    /** A broker asks for the set of these others. */
    private static AlterShard leaving(LocalController controller, int broker, Integer... others) {
        ShardImage shard = controller.image().shard(0).orElseThrow();
        return new AlterShard(
                broker,
                epoch(controller, broker),
                0,
                shard.leaderEpoch(),
                shard.version(),
                List.of(others).stream()
                        .map(id -> new InSyncReplica(id, epoch(controller, id)))
                        .toList());
    }

    @Test
    void replicasAreSpreadOverRacks() {
        LocalController controller = new LocalController();
        controller.apply(new Command.CreateCluster("c", MetadataVersion.LATEST));
        for (int id = 1; id <= 4; id++) {
            RegisterBroker r = registration(id, new Uuid(id, id), "");
            long epoch = controller
                    .apply(new RegisterBroker(
                            id,
                            r.incarnation(),
                            "",
                            r.directoryIds(),
                            r.endpoints(),
                            Optional.of(id <= 2 ? "left" : "right"),
                            r.features(),
                            -1))
                    .value();
            controller.apply(new UnfenceBroker(id, epoch));
        }
        create(controller, "t", 1, 2);
        assertThat(controller.image().shards())
                .allMatch(s -> (s.replicas().get(0) <= 2) != (s.replicas().get(1) <= 2));
    }

    @Test
    void validatingChangesNothing() {
        CommandResult result = one.apply(new CreateTopics(List.of(topic("t", 5, -1)), PoolPolicy.DEFAULT, true));
        assertThat(result.items().get(0).partitionCount()).isEqualTo(5);
        assertThat(result.items().get(0).replicationFactor()).isEqualTo(1);
        assertThat(one.image().topicCount()).isZero();
    }

    @Test
    void nothingIsDecidedBeforeThereIsACluster() {
        assertThat(new LocalController()
                        .apply(registration(1, new Uuid(1, 1), ""))
                        .error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    private LocalController cluster(int brokers) {
        LocalController controller = new LocalController();
        controller.apply(new Command.CreateCluster("c", MetadataVersion.LATEST));
        for (int id = 1; id <= brokers; id++) {
            long epoch =
                    controller.apply(registration(id, new Uuid(id, id), "boot")).value();
            controller.apply(new UnfenceBroker(id, epoch));
        }
        return controller;
    }

    private static long epoch(LocalController controller, int brokerId) {
        return controller.image().broker(brokerId).orElseThrow().epoch();
    }

    private static RegisterBroker registration(int brokerId, Uuid incarnation, String bootId) {
        return new RegisterBroker(
                brokerId,
                incarnation,
                bootId,
                List.of(new Uuid(brokerId, 77)),
                List.of(new Endpoint("PLAINTEXT", "localhost", 9092)),
                Optional.empty(),
                MetadataVersion.supported(),
                -1);
    }

    private NewTopic topic(String name, int partitions, int replicationFactor) {
        return NewTopic.of(new Uuid(nextId++, 0x5DEECE66DL * nextId), name, partitions, replicationFactor, Map.of());
    }

    private CommandResult.Item create(LocalController controller, String name, int partitions, int replicationFactor) {
        return create(controller, name, partitions, replicationFactor, Map.of());
    }

    private CommandResult.Item create(
            LocalController controller,
            String name,
            int partitions,
            int replicationFactor,
            Map<String, String> configs) {
        NewTopic topic =
                NewTopic.of(new Uuid(nextId++, 0x5DEECE66DL * nextId), name, partitions, replicationFactor, configs);
        return controller
                .apply(new CreateTopics(List.of(topic), PoolPolicy.DEFAULT, false))
                .items()
                .get(0);
    }

    private CommandResult.Item grow(String topic, int count) {
        return one.apply(new CreatePartitions(List.of(new NewPartitions(topic, count)), false))
                .items()
                .get(0);
    }

    private void alter(boolean replaceAll, Operation... operations) {
        CommandResult result = one.apply(
                new AlterConfigs(List.of(new ConfigChange((byte) 2, "t", replaceAll, List.of(operations))), false));
        assertThat(result.items().get(0).error()).isEqualTo(Errors.NONE);
    }
}
