package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command.AlterPool;
import io.braid.controller.Command.ElectLeaders;
import io.braid.controller.Command.Election;
import io.braid.image.ShardImage;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shard 0 of three brokers has the replicas 1, 2, 3 and is led by 1. */
class ElectionsTest {
    private final Brokers brokers = new Brokers(3);
    private final LocalController controller = brokers.controller();

    @BeforeEach
    void createShards() {
        brokers.topic("t", 1, 3);
        assertThat(brokers.shard(0).replicas()).containsExactly(1, 2, 3);
    }

    @Test
    void thePreferredLeaderIsElectedOnceItIsInSyncAgain() {
        assertThat(elect(Election.PREFERRED).error()).isEqualTo(Errors.ELECTION_NOT_NEEDED);
        brokers.fence(1);
        assertThat(brokers.shard(0).leader()).isEqualTo(2);
        CommandResult.Item refused = elect(Election.PREFERRED);
        assertThat(refused.error()).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
        assertThat(refused.message()).endsWith("broker 1, is not running");
        brokers.join(1);
        assertThat(elect(Election.PREFERRED).message()).endsWith("broker 1, is not in sync");
        brokers.inSync(0, 1, 2, 3);
        int epoch = brokers.shard(0).leaderEpoch();
        assertThat(elect(Election.PREFERRED).error()).isEqualTo(Errors.NONE);
        assertThat(brokers.shard(0).leader()).isEqualTo(1);
        assertThat(brokers.shard(0).leaderEpoch()).isEqualTo(epoch + 1);
    }

    @Test
    void anUncleanElectionIsForShardsThatNobodyLeads() {
        assertThat(elect(Election.UNCLEAN).error()).isEqualTo(Errors.ELECTION_NOT_NEEDED);
        brokers.inSync(0, 1);
        brokers.fence(1);
        assertThat(brokers.shard(0).leader()).isEqualTo(ShardImage.NO_LEADER);
        assertThat(elect(Election.UNCLEAN).error()).isEqualTo(Errors.NONE);
        assertThat(brokers.shard(0).leader()).isEqualTo(2);
        assertThat(brokers.shard(0).isr()).containsExactly(2);
    }

    @Test
    void anUncleanElectionPrefersWhoLedLast() {
        brokers.inSync(0, 1);
        brokers.fence(1);
        long epoch = brokers.register(1, "another boot");
        brokers.unfence(1, epoch);
        assertThat(brokers.shard(0).isr()).isEmpty();
        assertThat(brokers.shard(0).leader()).isEqualTo(ShardImage.NO_LEADER);
        elect(Election.UNCLEAN);
        assertThat(brokers.shard(0).leader()).isEqualTo(1);
    }

    @Test
    void withoutAnyRunningReplicaNobodyIsElected() {
        for (int id = 1; id <= 3; id++) {
            brokers.fence(id);
        }
        assertThat(elect(Election.UNCLEAN).error()).isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void electionsForAllNameOnlyThoseThatNeedOne() {
        assertThat(electAll(Election.PREFERRED)).isEmpty();
        brokers.fence(1);
        List<CommandResult.Item> items = electAll(Election.PREFERRED);
        assertThat(items).hasSize(20).allMatch(i -> i.error() == Errors.PREFERRED_LEADER_NOT_AVAILABLE);
        assertThat(items.get(0).name()).isEqualTo("0");
    }

    @Test
    void unknownAndRepeatedShardsAreRefused() {
        assertThat(controller
                        .apply(new ElectLeaders(Election.PREFERRED, List.of(0, 99_999, 0)))
                        .items())
                .extracting(CommandResult.Item::error)
                .containsExactly(Errors.ELECTION_NOT_NEEDED, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.INVALID_REQUEST);
    }

    @Test
    void balanceIsDueOnceAReturnedBrokerIsInSync() {
        assertThat(LeaderBalance.due(controller.image())).isEmpty();
        brokers.fence(1);
        brokers.join(1);
        assertThat(LeaderBalance.due(controller.image())).isEmpty();
        brokers.inSync(0, 1, 2, 3);
        ElectLeaders due = LeaderBalance.due(controller.image()).orElseThrow();
        assertThat(due).isEqualTo(new ElectLeaders(Election.PREFERRED, List.of(0)));
        controller.apply(due);
        assertThat(LeaderBalance.due(controller.image())).isEmpty();
    }

    @Test
    void aPoolMayElectUncleanlyByItself() {
        brokers.inSync(0, 1);
        brokers.fence(1);
        controller.apply(new AlterPool(0, 0, Optional.of(true)));
        assertThat(brokers.shard(0).leader()).isEqualTo(2);
        brokers.inSync(0, 2);
        brokers.fence(2);
        assertThat(brokers.shard(0).leader()).isEqualTo(3);
        assertThat(brokers.shard(0).isr()).containsExactly(3);
    }

    @Test
    void aRestartedProcessThatKeptItsLogStaysInSync() {
        long epoch = brokers.register(2, "boot");
        assertThat(brokers.shard(0).isr()).containsExactly(1, 2, 3);
        assertThat(controller.image().broker(2).orElseThrow().fenced()).isTrue();
        assertThat(brokers.inSync(0, 1, 2).ok()).isTrue();
        brokers.unfence(2, epoch);
        assertThat(brokers.shard(0).isr()).containsExactly(1, 2);
    }

    @Test
    void aRestartedMachineHasToCatchUp() {
        brokers.register(2, "another boot");
        assertThat(brokers.shard(0).isr()).containsExactly(1, 3);
        assertThat(brokers.inSync(0, 1, 2, 3).error()).isEqualTo(Errors.INELIGIBLE_REPLICA);
    }

    @Test
    void aRestartedLeaderHandsOverInANewEpoch() {
        int epoch = brokers.shard(0).leaderEpoch();
        brokers.register(1, "boot");
        assertThat(brokers.shard(0).leader()).isEqualTo(2);
        assertThat(brokers.shard(0).leaderEpoch()).isEqualTo(epoch + 1);
        assertThat(brokers.shard(0).isr()).containsExactly(1, 2, 3);
    }

    @Test
    void aBrokerThatDiesAgainBeforeItServesStillLeavesEveryInSyncSet() {
        brokers.register(2, "boot");
        assertThat(ShardDecisions.holdsBack(controller.image(), 2)).isTrue();
        brokers.fence(2);
        assertThat(controller.image().shards()).noneMatch(s -> s.isr().contains(2));
        assertThat(ShardDecisions.holdsBack(controller.image(), 2)).isFalse();
        long version = controller.image().version();
        brokers.fence(2);
        assertThat(controller.image().version()).isEqualTo(version);
    }

    @Test
    void aWholeClusterThatRestartsElectsWhoComesBack() {
        for (int id = 1; id <= 3; id++) {
            brokers.register(id, "boot");
        }
        assertThat(controller.image().shards()).allMatch(s -> s.leader() == ShardImage.NO_LEADER);
        brokers.unfence(3, brokers.epoch(3));
        assertThat(controller.image().shards())
                .allMatch(s -> s.leader() == 3 && s.isr().size() == 3);
    }

    @Test
    void theLastMemberIsRememberedAlsoIfItNeverLed() {
        brokers.inSync(0, 1, 3);
        brokers.register(3, "boot");
        brokers.fence(1);
        assertThat(brokers.shard(0).isr()).containsExactly(3);
        assertThat(brokers.shard(0).leader()).isEqualTo(ShardImage.NO_LEADER);
        brokers.register(3, "another boot");
        assertThat(brokers.shard(0).isr()).isEmpty();
        assertThat(brokers.shard(0).lastKnownLeader()).isEqualTo(3);
    }

    private CommandResult.Item elect(Election election) {
        return controller.apply(new ElectLeaders(election, List.of(0))).items().get(0);
    }

    private List<CommandResult.Item> electAll(Election election) {
        return controller.apply(new ElectLeaders(election, List.of())).items();
    }
}
