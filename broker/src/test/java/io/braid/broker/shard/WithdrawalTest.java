package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command.AlterShard;
import io.braid.controller.Command.InSyncReplica;
import io.braid.image.ShardImage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WithdrawalTest {
    private static final int SELF = 1;

    private final Withdrawal damaged = new Withdrawal(SELF, true);

    /** The shard at a version, with replicas on brokers 1 to 3 whose epochs are ten times their ids. */
    private static ShardAssignment shard(int version, int leader, Integer... inSync) {
        return new ShardAssignment(
                7,
                leader,
                5,
                version,
                Stream.of(1, 2, 3)
                        .map(id -> new ShardAssignment.Replica(id, id * 10L, true))
                        .toList(),
                List.of(inSync),
                100 + version);
    }

    @Test
    void replicaWithItsWholeLogAsksForNothingAndMayLead() {
        Withdrawal whole = new Withdrawal(SELF, false);
        whole.onImage(shard(1, SELF, 1, 2));
        assertThat(whole.proposal(0)).isEmpty();
        assertThat(whole.refusesToLead()).isFalse();
    }

    @Test
    void leaderThatLostEntriesAsksForTheSetWithoutItself() {
        damaged.onImage(shard(4, SELF, 1, 2, 3));
        assertThat(damaged.refusesToLead()).isTrue();
        assertThat(damaged.proposal(0))
                .contains(
                        new AlterShard(SELF, 10, 7, 5, 4, List.of(new InSyncReplica(2, 20), new InSyncReplica(3, 30))));
    }

    @Test
    void followerThatLostEntriesLeavesTheSetToo() {
        damaged.onImage(shard(4, 2, 1, 2));
        assertThat(damaged.proposal(0)).isPresent();
    }

    @Test
    void itIsAskedForAgainOnlyWhenItWasAnsweredAndAWhileLater() {
        damaged.onImage(shard(4, SELF, 1, 2));
        assertThat(damaged.proposal(0)).isPresent();
        assertThat(damaged.proposal(60_000)).isEmpty();
        damaged.onResult(60_000);
        assertThat(damaged.proposal(60_500)).isEmpty();
        assertThat(damaged.proposal(61_000)).isPresent();
        damaged.onResult(61_000);
        damaged.onImage(shard(5, SELF, 1, 2));
        assertThat(damaged.proposal(61_001)).as("a newer image").isPresent();
    }

    @Test
    void whoeverLetsItInAgainKnowsWhatItHas() {
        damaged.onImage(shard(4, SELF, 1, 2));
        damaged.onImage(shard(5, 2, 2));
        damaged.onImage(shard(4, SELF, 1, 2)); // late
        assertThat(damaged.refusesToLead()).isFalse();
        damaged.onImage(shard(6, SELF, 2, 1));
        assertThat(damaged.refusesToLead()).isFalse();
        assertThat(damaged.proposal(0)).isEmpty();
    }

    @Test
    void lastMemberLeavesAnEmptySetIfItIsToLead() {
        damaged.onImage(shard(4, ShardImage.NO_LEADER, 1));
        assertThat(damaged.proposal(0)).isEmpty();
        damaged.onImage(shard(5, SELF, 1));
        assertThat(damaged.proposal(0).orElseThrow().inSync()).isEmpty();
    }

    @Test
    void replicaWhoseLogFailsLeavesUnlessItIsTheLast() {
        Withdrawal failing = new Withdrawal(SELF, false);
        failing.onImage(shard(4, SELF, 1));
        failing.onFailed();
        assertThat(failing.proposal(0)).isEmpty();
        failing.onImage(shard(5, SELF, 1, 3));
        assertThat(failing.proposal(0)).isPresent();
    }
}
