package io.braid.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.replication.Arrivals.Waiting;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private final Arrivals arrivals = new Arrivals(2);

    private static Waiting shard(int id) {
        return new Waiting(id, 1, 5);
    }

    @Test
    void soManyAtATimeInTheOrderOfTheirComing() {
        assertThat(arrivals.enter(shard(10))).isTrue();
        assertThat(arrivals.enter(shard(11))).isTrue();
        assertThat(arrivals.enter(shard(13))).isFalse();
        assertThat(arrivals.enter(shard(12))).isFalse();
        assertThat(arrivals.next()).isEmpty();

        arrivals.leave(11);
        assertThat(arrivals.next()).containsExactly(shard(13));
        arrivals.leave(10);
        arrivals.leave(13);
        assertThat(arrivals.next()).containsExactly(shard(12));
    }

    @Test
    void oneUnderWayKeepsItsTurnWhenItsLeaderChanges() {
        arrivals.enter(shard(10));
        arrivals.enter(shard(11));

        assertThat(arrivals.enter(new Waiting(10, 2, 6))).isTrue();
    }

    @Test
    void oneThatWaitsFollowsTheNewestLeader() {
        arrivals.enter(shard(10));
        arrivals.enter(shard(11));
        arrivals.enter(shard(12));
        arrivals.enter(new Waiting(12, 2, 6));
        arrivals.leave(10);

        assertThat(arrivals.next()).containsExactly(new Waiting(12, 2, 6));
    }

    @Test
    void oneWhoseMoveIsCancelledWaitsNoMore() {
        arrivals.enter(shard(10));
        arrivals.enter(shard(11));
        arrivals.enter(shard(12));
        arrivals.leave(12);
        arrivals.leave(10);

        assertThat(arrivals.next()).isEmpty();
        assertThat(arrivals.enter(shard(14))).isTrue();
    }

    @Test
    void aHigherLimitLetsMoreInAndALowerOneStopsNothing() {
        arrivals.enter(shard(10));
        arrivals.enter(shard(11));
        arrivals.enter(shard(12));
        arrivals.limit(3);
        assertThat(arrivals.next()).containsExactly(shard(12));

        arrivals.limit(1);
        arrivals.leave(10);
        arrivals.leave(11);
        assertThat(arrivals.enter(shard(13))).isFalse();
        assertThat(arrivals.enter(shard(12))).isTrue();
    }
}
