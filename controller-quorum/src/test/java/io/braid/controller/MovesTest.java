package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command.AlterPool;
import io.braid.controller.Command.CordonBroker;
import io.braid.controller.Command.MoveShards;
import io.braid.controller.Command.ShardMove;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.ShardImage;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of five brokers the first three have shard 0, and 1 leads it. */
class MovesTest {
    private final Brokers brokers = new Brokers(3);
    private final LocalController controller = brokers.controller();

    @BeforeEach
    void createShards() {
        brokers.topic("t", 1, 3);
        brokers.join(4);
        brokers.join(5);
        assertThat(shard().replicas()).containsExactly(1, 2, 3);
    }

    private ShardImage shard() {
        return brokers.shard(0);
    }

    private CommandResult.Item move(Integer... to) {
        return controller
                .apply(new MoveShards(List.of(new ShardMove(0, List.of(to)))))
                .items()
                .get(0);
    }

    @Test
    void theOldReplicaGoesWhenTheNewOneIsInSync() {
        assertThat(move(1, 2, 4).error()).isEqualTo(Errors.NONE);
        assertThat(shard().replicas()).containsExactly(1, 2, 4, 3);
        assertThat(shard().adding()).containsExactly(4);
        assertThat(shard().removing()).containsExactly(3);
        assertThat(shard().isr()).containsExactly(1, 2, 3);
        brokers.inSync(0, 1, 2, 3, 4);
        assertThat(shard().replicas()).containsExactly(1, 2, 4);
        assertThat(shard().isr()).containsExactlyInAnyOrder(1, 2, 4);
        assertThat(shard().moving()).isFalse();
        assertThat(shard().leader()).isEqualTo(1);
    }

    @Test
    void theEpochGrowsWhenAReplicaGoesSoThatItsLateFetchesCountForNothing() {
        move(1, 2, 4);
        int epoch = shard().leaderEpoch();
        brokers.inSync(0, 1, 2, 3, 4);
        assertThat(shard().leaderEpoch()).isEqualTo(epoch + 1);
    }

    @Test
    void aLeaderThatLeavesHandsOverInTheSameRecord() {
        move(4, 2, 3);
        assertThat(shard().leader()).isEqualTo(1);
        int epoch = shard().leaderEpoch();
        CommandResult result = brokers.inSync(0, 1, 2, 3, 4);
        assertThat(shard().leader()).isEqualTo(4);
        assertThat(shard().leaderEpoch()).isEqualTo(epoch + 1);
        assertThat(shard().isr()).containsExactlyInAnyOrder(2, 3, 4);
        assertThat(result.value()).isEqualTo(shard().version());
    }

    @Test
    void allThatAreAddedMustBeInSyncAtOnce() {
        move(4, 5, 3);
        brokers.inSync(0, 1, 2, 3, 4);
        assertThat(shard().moving()).isTrue();
        brokers.inSync(0, 1, 2, 3);
        brokers.inSync(0, 1, 2, 3, 5);
        assertThat(shard().replicas()).contains(1, 2);
        brokers.inSync(0, 1, 2, 3, 4, 5);
        assertThat(shard().replicas()).containsExactly(4, 5, 3);
    }

    @Test
    void anotherOrderTakesEffectAtOnce() {
        move(3, 1, 2);
        assertThat(shard().replicas()).containsExactly(3, 1, 2);
        assertThat(shard().moving()).isFalse();
        assertThat(shard().leader()).as("until the next balance").isEqualTo(1);
        assertThat(LeaderBalance.due(controller.image())).isPresent();
    }

    @Test
    void movingBackCancels() {
        move(1, 2, 4);
        brokers.inSync(0, 1, 2, 3);
        move(1, 2, 3);
        assertThat(shard().replicas()).containsExactly(1, 2, 3);
        assertThat(shard().moving()).isFalse();
    }

    @Test
    void aMoveTakesThePlaceOfAnother() {
        move(1, 2, 4);
        int epoch = shard().leaderEpoch();
        move(1, 2, 5);
        assertThat(shard().replicas()).containsExactly(1, 2, 5, 3);
        assertThat(shard().adding()).containsExactly(5);
        assertThat(shard().leaderEpoch()).as("4 drops its log").isEqualTo(epoch + 1);
    }

    @Test
    void aDeadBrokersShardsMoveAwayFromIt() {
        brokers.fence(3);
        assertThat(move(1, 2, 4).error()).isEqualTo(Errors.NONE);
        brokers.inSync(0, 1, 2, 4);
        assertThat(shard().replicas()).containsExactly(1, 2, 4);
    }

    @Test
    void aMoveOutlivesItsTargetAndItsLeader() {
        move(1, 2, 4);
        brokers.fence(4);
        brokers.fence(1);
        assertThat(shard().leader()).isEqualTo(2);
        assertThat(shard().adding()).containsExactly(4);
        brokers.join(4);
        brokers.inSync(0, 2, 3, 4);
        assertThat(shard().replicas()).containsExactly(1, 2, 4);
        assertThat(shard().isr()).containsExactlyInAnyOrder(2, 4);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(List.of(1, 2), Errors.INVALID_REPLICA_ASSIGNMENT, "replication factor 3, not 2"),
                Arguments.of(List.of(1, 2, 2), Errors.INVALID_REPLICA_ASSIGNMENT, "named twice"),
                Arguments.of(List.of(1, 2, 9), Errors.INVALID_REPLICA_ASSIGNMENT, "broker 9 is not registered"),
                Arguments.of(List.of(1, 2, 4), Errors.INVALID_REPLICA_ASSIGNMENT, "broker 4 is cordoned"),
                Arguments.of(List.of(1, 2, 5), Errors.INVALID_REPLICA_ASSIGNMENT, "broker 5 is not running"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeIsRefused(List<Integer> to, Errors error, String message) {
        controller.apply(new CordonBroker(4, true));
        brokers.fence(5);
        ClusterImage before = controller.image();
        CommandResult.Item item = move(to.toArray(Integer[]::new));
        assertThat(item.error()).isEqualTo(error);
        assertThat(item.message()).contains(message);
        assertThat(controller.image()).isEqualTo(before);
    }

    @Test
    void aCordonedBrokerIsElectedOnlyWhereNobodyElseCanBe() {
        controller.apply(new CordonBroker(2, true));
        brokers.fence(1);
        assertThat(shard().leader()).isEqualTo(3);
        brokers.fence(3);
        assertThat(shard().leader()).isEqualTo(2);
    }

    @Test
    void aCordonOutlivesTheProcessAndASnapshot() {
        controller.apply(new CordonBroker(2, true));
        brokers.fence(2);
        brokers.join(2);
        ClusterImage image = controller.image();
        assertThat(image.broker(2).orElseThrow().cordoned()).isTrue();
        SnapshotCodec.Decoder decoder = new SnapshotCodec.Decoder();
        SnapshotCodec.encode(image, decoder::accept);
        assertThat(decoder.finish().image()).isEqualTo(image);
        controller.apply(new CordonBroker(2, false));
        assertThat(controller.image().broker(2).orElseThrow().cordoned()).isFalse();
    }

    @Test
    void newPoolsAndReplicasLeaveCordonedBrokersOut() {
        controller.apply(new CordonBroker(2, true));
        controller.apply(new CordonBroker(5, true));
        brokers.topic("single", 1, 1);
        assertThat(controller.image().shards().stream()
                        .filter(s -> s.poolId() > 0)
                        .flatMap(s -> s.replicas().stream()))
                .isNotEmpty()
                .doesNotContain(2, 5);
        controller.apply(new CordonBroker(2, false));
        controller.apply(new AlterPool(0, 4, Optional.empty()));
        assertThat(shard().replicas()).containsExactly(1, 2, 3, 4);
        assertThat(shard().adding()).containsExactly(4);
    }

    @Test
    void aSoleReplicaThatIsToGetOthersStillLeadsAgain() {
        brokers.topic("single", 1, 1);
        ShardImage single = controller.image().shards().stream()
                .filter(s -> s.poolId() > 0)
                .findFirst()
                .orElseThrow();
        int sole = single.leader();
        controller.apply(new AlterPool(single.poolId(), 3, Optional.empty()));
        assertThat(brokers.shard(single.id()).adding()).hasSize(2);
        brokers.fence(sole);
        brokers.unfence(sole, brokers.register(sole, "another boot"));
        assertThat(brokers.shard(single.id()).leader()).isEqualTo(sole);
    }

    @Test
    void anUncleanElectionLeavesOutWhoNeverHadACopy() {
        move(4, 2, 5);
        brokers.inSync(0, 1);
        for (int id : List.of(2, 3)) {
            brokers.fence(id);
        }
        brokers.fence(1);
        controller.apply(new AlterPool(0, 0, Optional.of(true)));
        assertThat(shard().leader()).isEqualTo(ShardImage.NO_LEADER);
        brokers.join(3);
        assertThat(shard().leader()).isEqualTo(3);
    }

    @Test
    void anOlderClusterMovesNothingUntilItsVersionIsRaised() {
        LocalController old = new LocalController();
        old.apply(new Command.CreateCluster("old", MetadataVersion.MIN));
        assertThat(old.apply(new CordonBroker(1, true)).error()).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(old.apply(new Command.RaiseMetadataVersion(MetadataVersion.LATEST, true))
                        .ok())
                .isTrue();
        assertThat(old.image().metadataVersion()).isEqualTo(MetadataVersion.MIN);
        assertThat(old.apply(new Command.RaiseMetadataVersion((short) (MetadataVersion.LATEST + 1)))
                        .message())
                .contains("this release knows 1 to " + MetadataVersion.LATEST);
        assertThat(old.apply(new Command.RaiseMetadataVersion(MetadataVersion.LATEST))
                        .ok())
                .isTrue();
        assertThat(old.apply(new CordonBroker(1, true)).error()).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void aMovingShardHasTheseBytesAndOneAtRestThoseOfTheFirstRelease() {
        ShardImage moving = new ShardImage(65_537, List.of(1, 2, 3), List.of(2), -1, 4, 5, 2, List.of(1), List.of(3));
        ByteWriter out = new ByteWriter();
        RecordCodec.write(out, new MetadataRecord.ShardChanged(moving));
        String hex = "0801" + "818004" + "03010203" + "0102" + "01" + "04" + "05" + "04" + "0101" + "0103" + "00";
        assertThat(HexFormat.of().formatHex(out.toByteArray())).isEqualTo(hex);
        assertThat(RecordCodec.read(new ByteReader(HexFormat.of().parseHex(hex))))
                .isEqualTo(new MetadataRecord.ShardChanged(moving));
        ByteWriter atRest = new ByteWriter();
        RecordCodec.write(atRest, new MetadataRecord.ShardChanged(moving.moved()));
        assertThat(atRest.toByteArray()[1]).as("version").isZero();
    }

    @Test
    void onlyAValidationHasTheNewerFormOfRaising() {
        byte[] proposed = CommandCodec.encode(
                new Proposal(new RequestId(new Uuid(1, 1), 0, 0), new Command.RaiseMetadataVersion((short) 2, true)));
        assertThat(CommandCodec.decode(proposed).command())
                .isEqualTo(new Command.RaiseMetadataVersion((short) 2, true));
    }
}
