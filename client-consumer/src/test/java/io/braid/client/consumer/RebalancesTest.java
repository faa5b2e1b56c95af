package io.braid.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** What the application's thread does late must not undo what the group did meanwhile. */
class RebalancesTest {
    private static final PartitionSet SET = PartitionSet.range("t", Uuid.ZERO_UUID, 0, 2);

    private final SharedFetcher shared = new SharedFetcher(
            new Fetcher(new FetchSettings(1000, 1000, 8000, 300, 20, 100, 500, false, false, OffsetReset.earliest())));
    private final AppTasks tasks = new AppTasks(shared::signal);
    private final List<String> told = new ArrayList<>();
    private final Rebalances rebalances = new Rebalances(
            shared,
            null, // nothing is committed
            tasks,
            new ConsumerMetrics(new SimpleMeterRegistry(), "test"),
            () -> false,
            Duration.ofSeconds(1),
            added -> {},
            () -> {});

    private void listen() {
        rebalances.listener(new RebalanceListener() {
            @Override
            public void onAssigned(PartitionSet added) {
                told.add("assigned " + added);
            }

            @Override
            public void onRevoked(PartitionSet revoked) {
                told.add("revoked " + revoked);
            }

            @Override
            public void onLost(PartitionSet lost) {
                told.add("lost " + lost);
            }
        });
    }

    private int holds(int partition) {
        return shared.get(fetcher -> fetcher.get(new TopicPartition("t", partition)).holds);
    }

    @Test
    void aRevocationGivesUpWhatTheApplicationHasLeft() {
        listen();
        rebalances.onAssign(SET, SET);
        tasks.run();
        CompletableFuture<Void> done = rebalances.onRevoke(SET);
        assertThat(holds(0)).isEqualTo(AssignedPartition.HELD_BY_GROUP);
        assertThat(done).isNotDone();

        tasks.run();

        assertThat(done).isCompleted();
        assertThat(told).containsExactly("assigned t[0-1]", "revoked t[0-1]");
        assertThat(shared.get(Fetcher::assignment).isEmpty()).isTrue();
    }

    @Test
    void aRevocationThatALossHasOvertakenLeavesWhatCameAfterwards() {
        listen();
        rebalances.onAssign(SET, SET);
        tasks.run();
        CompletableFuture<Void> done = rebalances.onRevoke(SET);
        rebalances.onLost(SET);
        rebalances.onAssign(SET, SET);

        tasks.run();

        assertThat(done).isCompleted();
        assertThat(told).containsExactly("assigned t[0-1]", "lost t[0-1]", "assigned t[0-1]");
        assertThat(shared.get(Fetcher::assignment)).isEqualTo(SET);
        assertThat(holds(0)).isZero();
    }

    @Test
    void whatIsLostWhileTheApplicationIsToldOfItsRevocationStaysWhenItComesAgain() {
        rebalances.listener(new RebalanceListener() {
            @Override
            public void onRevoked(PartitionSet revoked) { // as if the event loop did so meanwhile
                rebalances.onLost(SET);
                rebalances.onAssign(SET, SET);
            }
        });
        rebalances.onAssign(SET, SET);
        tasks.run();
        CompletableFuture<Void> done = rebalances.onRevoke(SET);

        tasks.run();

        assertThat(done).isCompleted();
        assertThat(shared.get(Fetcher::assignment)).isEqualTo(SET);
        assertThat(holds(1)).isZero();
    }

    @Test
    void tellingOfAnAssignmentDoesNotReleaseWhatIsToGo() {
        listen();
        rebalances.onAssign(SET, SET);
        CompletableFuture<Void> done = rebalances.onRevoke(PartitionSet.range("t", Uuid.ZERO_UUID, 1, 2));
        assertThat(holds(1)).isEqualTo(AssignedPartition.HELD_BY_GROUP | AssignedPartition.HELD_UNTOLD);

        shared.change(fetcher -> told.clear());
        tasks.run();

        assertThat(done).isCompleted();
        assertThat(told).containsExactly("assigned t[0-1]", "revoked t[1]");
        assertThat(holds(0)).isZero();
        assertThat(shared.get(Fetcher::assignment)).isEqualTo(PartitionSet.range("t", Uuid.ZERO_UUID, 0, 1));
    }
}
