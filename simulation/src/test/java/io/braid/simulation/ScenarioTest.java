package io.braid.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.controller.Command;
import io.braid.log.FlushMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dangerous cases, one by one. Each ends with everything acknowledged being there, copied and read. */
class ScenarioTest {
    private static final int SHARD = 0;

    @Test
    void leaderThatRestartsWithinItsSessionWithItsUnsyncedTailLostLeadsNoMoreInItsEpoch() {
        Scenario scenario = Scenario.apart(FlushMode.REPLICATED, Bug.NONE);
        restartWithoutTail(scenario);
        scenario.converge();
    }

    @Test
    void leaderThatLeadsOnInItsEpochWithoutItsTailIsCaught() {
        assertThatThrownBy(
                        () -> restartWithoutTail(Scenario.apart(FlushMode.REPLICATED, Bug.SAME_EPOCH_AFTER_POWER_LOSS)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("at most one leader an epoch");
    }

    private static void restartWithoutTail(Scenario scenario) {
        int leader = scenario.leader(SHARD);
        int epoch = scenario.shard(SHARD).leaderEpoch();
        int before = scenario.committed(SHARD);
        scenario.until("more is committed", () -> scenario.committed(SHARD) > before);
        scenario.cluster.losePower(leader, null);
        assertThat(scenario.written(leader, SHARD)).isLessThan(scenario.committed(SHARD));
        scenario.run(50);
        scenario.cluster.startBroker(leader);
        scenario.run(500);
        assertThat(scenario.shard(SHARD).leaderEpoch()).as("within its session").isEqualTo(epoch);
        scenario.until("a newer epoch begins", () -> scenario.shard(SHARD).leaderEpoch() > epoch);
    }

    @Test
    void inSyncSetChangeWhoseReplyIsLostCommitsNothingBeforeItIsKnown() {
        Scenario scenario = Scenario.apart(FlushMode.REPLICATED, Bug.NONE);
        int leader = scenario.leader(SHARD);
        int follower = scenario.follower(SHARD);
        long proposed = scenario.counted("in-sync sets proposed");
        scenario.cluster.broker(follower).pause();
        scenario.until(
                "the leader proposes to go on without it", () -> scenario.counted("in-sync sets proposed") > proposed);
        // What it proposed goes out; no answer and no image comes back.
        for (int controller = 0; controller < 3; controller++) {
            scenario.cluster.network.cut(controller, leader);
        }
        scenario.until(
                "the controllers have decided",
                () -> !scenario.shard(SHARD).isr().contains(follower));
        int committed = scenario.committed(SHARD);
        assertThat(scenario.written(leader, SHARD))
                .as("it has something to commit")
                .isGreaterThan(committed);
        scenario.run(1_000);
        assertThat(scenario.leader(SHARD)).isEqualTo(leader);
        assertThat(scenario.committed(SHARD)).isEqualTo(committed);
        int written = scenario.written(leader, SHARD);
        scenario.cluster.network.heal();
        scenario.until("it is known, and counts", () -> scenario.committed(SHARD) >= written);
        scenario.cluster.broker(follower).resume();
        scenario.converge();
    }

    @Test
    void delayedFetchOfADeadIncarnationCountsForNothing() {
        Scenario scenario = Scenario.apart(FlushMode.REPLICATED, Bug.NONE);
        fetchFromTheDead(scenario);
        assertThat(scenario.counted("fetches of dead incarnations")).isPositive();
        assertThat(scenario.shard(SHARD).isr()).hasSize(2);
        scenario.converge();
    }

    @Test
    void delayedFetchOfADeadIncarnationThatCountsIsCaught() {
        assertThatThrownBy(() -> fetchFromTheDead(Scenario.apart(FlushMode.REPLICATED, Bug.DEAD_INCARNATION_FETCH)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("in-sync replicas have what is committed");
    }

    private static void fetchFromTheDead(Scenario scenario) {
        int follower = scenario.follower(SHARD);
        scenario.cluster.quiet(true);
        scenario.run(500);
        scenario.cluster.network.lag(follower, 3_000);
        scenario.run(1_300);
        scenario.cluster.network.lag(follower, 0);
        scenario.cluster.wipe(follower);
        scenario.cluster.startBroker(follower);
        for (int other : scenario.cluster.brokerIds()) {
            scenario.cluster.network.cut(follower, other);
        }
        scenario.run(3_500);
    }

    @Test
    void wipedReplicaIsFilledFromTheOthers() {
        Scenario scenario = Scenario.apart(FlushMode.GROUP, Bug.NONE);
        for (int wiped : List.of(scenario.follower(SHARD), scenario.leader(SHARD))) {
            scenario.cluster.wipe(wiped);
            assertThat(scenario.written(wiped, SHARD)).isZero();
            scenario.cluster.startBroker(wiped);
            scenario.until(
                    "it leaves the in-sync set",
                    () -> !scenario.shard(SHARD).isr().contains(wiped));
            scenario.until(
                    "it is in sync again", () -> scenario.shard(SHARD).isr().contains(wiped));
            assertThat(scenario.written(wiped, SHARD)).isPositive();
        }
        scenario.converge();
    }

    @Test
    void truncationBelowACheckpointMakesThatCheckpointUnusable() {
        Scenario scenario = Scenario.apart(FlushMode.REPLICATED, Bug.NONE);
        truncateBelowCheckpoint(scenario);
        scenario.converge();
    }

    private static void truncateBelowCheckpoint(Scenario scenario) {
        int leader = scenario.leader(SHARD);
        scenario.separate(leader, scenario.othersThan(leader));
        int before = scenario.written(leader, SHARD);
        scenario.until("it appends what it cannot commit", () -> scenario.written(leader, SHARD) > before + 3);
        scenario.cluster.broker(leader).shard(SHARD).store().checkpoint();
        scenario.until("another leads", () -> scenario.leader(SHARD) != leader && scenario.leader(SHARD) >= 0);
        int committed = scenario.committed(SHARD);
        scenario.until("and commits", () -> scenario.committed(SHARD) > committed + 3);
        scenario.cluster.network.heal();
        scenario.until("it truncates", () -> scenario.counted("truncations below a checkpoint") > 0);
        scenario.cluster.killBroker(leader);
        scenario.cluster.startBroker(leader);
    }

    @Test
    void snapshotCopyInterruptedAtEveryFileGoesOnWhereItWas() {
        Scenario scenario = Scenario.apart(FlushMode.GROUP, Bug.NONE);
        scenario.until("the log is longer than some files", () -> scenario.committed(SHARD) > 60);
        SimShard leading = scenario.cluster.broker(scenario.leader(SHARD)).shard(SHARD);
        leading.store().disk().rewriteBelow(leading.replica().commitLsn());
        scenario.cluster.quiet(true);
        int follower = scenario.follower(SHARD);
        scenario.cluster.wipe(follower);
        scenario.cluster.startBroker(follower);
        int files = 0;
        while (scenario.counted("snapshots installed") == 0) {
            int had = files;
            scenario.until("another file", () -> copied(scenario, follower) > had || installed(scenario));
            files = copied(scenario, follower);
            if (!installed(scenario)) {
                assertThat(scenario.written(follower, SHARD))
                        .as("nothing is used before all is there")
                        .isZero();
                assertThat(scenario.shard(SHARD).isr()).doesNotContain(follower);
                scenario.cluster.killBroker(follower);
                scenario.cluster.startBroker(follower);
            }
        }
        assertThat(scenario.counted("snapshot copies resumed")).isGreaterThanOrEqualTo(5);
        scenario.cluster.quiet(false);
        scenario.converge();
    }

    private static boolean installed(Scenario scenario) {
        return scenario.counted("snapshots installed") > 0;
    }

    private static int copied(Scenario scenario, int broker) {
        SnapshotCopy.Partial partial = scenario.cluster.machine(broker).partialCopy(SHARD);
        return partial == null ? 0 : partial.files();
    }

    @Test
    void replicaWhoseDiskLostEntriesLeavesTheInSyncSetAndWaitsForTheOthersToLead() {
        Scenario scenario = Scenario.apart(FlushMode.GROUP, Bug.NONE);
        int damaged = comeBackAloneWithADamagedLog(scenario);
        assertThat(scenario.shard(SHARD).isr()).isNotEmpty().doesNotContain(damaged);
        assertThat(scenario.leader(SHARD)).isNotEqualTo(damaged);
        for (int other : scenario.cluster.brokerIds()) {
            scenario.cluster.startBroker(other);
        }
        scenario.until("another leads", () -> scenario.leader(SHARD) >= 0 && scenario.leader(SHARD) != damaged);
        scenario.until("it is in sync again", () -> scenario.shard(SHARD).isr().contains(damaged));
        scenario.cluster.quorum.leader().propose(new Command.ElectLeaders(Command.Election.PREFERRED, List.of(SHARD)));
        scenario.until("it leads again", () -> scenario.leader(SHARD) == damaged);
        scenario.converge();
    }

    @Test
    void leaderThatLeadsWithoutWhatItsDiskLostIsCaught() {
        assertThatThrownBy(() -> {
                    Scenario scenario = Scenario.apart(FlushMode.GROUP, Bug.LEAD_WITHOUT_LOST_ENTRIES);
                    comeBackAloneWithADamagedLog(scenario);
                    scenario.converge();
                })
                .isInstanceOf(Violation.class);
    }

    /** Everything is killed at once; the shard's preferred leader comes back first, without its newest entries. */
    private static int comeBackAloneWithADamagedLog(Scenario scenario) {
        int preferred = scenario.shard(SHARD).replicas().get(0);
        scenario.cluster.quiet(true);
        scenario.run(1_000);
        for (int controller = 0; controller < 3; controller++) {
            scenario.cluster.killController(controller);
        }
        for (int broker : scenario.cluster.brokerIds()) {
            scenario.cluster.killBroker(broker);
        }
        scenario.cluster.machine(preferred).disk(SHARD).damage(4);
        assertThat(scenario.written(preferred, SHARD)).isLessThan(scenario.committed(SHARD));
        for (int controller = 0; controller < 3; controller++) {
            scenario.cluster.startController(controller);
        }
        scenario.cluster.startBroker(preferred);
        scenario.until(
                "its new incarnation serves, and the others are given up", () -> scenario.image().brokers().stream()
                        .allMatch(broker -> broker.fenced() == (broker.id() != preferred)));
        scenario.run(500);
        scenario.cluster.quiet(false);
        return preferred;
    }

    @Test
    void brokerWhoseImageLagsAnAnnouncedEpochServesNobodyInTheOldOne() {
        Scenario scenario = Scenario.apart(FlushMode.REPLICATED, Bug.NONE);
        int old = scenario.leader(SHARD);
        int epoch = scenario.shard(SHARD).leaderEpoch();
        // Nothing comes from the controllers to the old leader, though its heartbeats arrive; it is moved by hand.
        for (int controller = 0; controller < 3; controller++) {
            scenario.cluster.network.cut(controller, old);
        }
        long incarnation = scenario.image().broker(old).orElseThrow().epoch();
        scenario.cluster.quorum.leader().propose(new Command.FenceBroker(old, incarnation));
        scenario.until("another leads", () -> scenario.leader(SHARD) != old && scenario.leader(SHARD) >= 0);
        int committed = scenario.committed(SHARD);
        scenario.until("it commits in the new epoch", () -> scenario.committed(SHARD) > committed + 3);
        SimShard lagging = scenario.cluster.broker(old).shard(SHARD);
        assertThat(lagging.replica().leads()).isTrue();
        assertThat(lagging.replica().leaderEpoch()).isEqualTo(epoch);
        assertThat(lagging.replica().commitLsn()).isLessThanOrEqualTo(committed);
        scenario.converge();
    }

    @Test
    void controllerLeaderAndShardLeaderThatDieTogetherAreReplaced() {
        Scenario scenario = Scenario.together();
        scenario.until("one machine leads both", () -> {
            if (scenario.cluster.quorum.leader().machine() != scenario.leader(SHARD)) {
                scenario.cluster.quorum.depose();
            }
            return scenario.cluster.quorum.leader().machine() == scenario.leader(SHARD);
        });
        scenario.run(1_000);
        int machine = scenario.leader(SHARD);
        scenario.cluster.losePower(machine);
        int committed = scenario.committed(SHARD);
        long tookMs = scenario.until(
                "others lead, and commit",
                () -> scenario.leader(SHARD) != machine && scenario.committed(SHARD) > committed + 2);
        assertThat(tookMs).isLessThan(5_000);
        scenario.converge();
    }
}
