package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private static final long MS = 1_000_000;
    /** Close to the end of the clock's range, which wraps around. */
    private static final long START = Long.parseLong("9223372036854775807") - 50 * MS;

    private final Liveness liveness =
            new Liveness(new LivenessConfig(Duration.ofMillis(300), Duration.ofMillis(30), Duration.ofMillis(100)));

    @Test
    void aBrokerThatIsNotHeardOfExpires() {
        liveness.heard(1, 7, 100, START);
        assertThat(liveness.expired(START + 299 * MS)).isEmpty();
        assertThat(liveness.expired(START + 300 * MS)).containsExactly(new Liveness.Expired(1, 7));
    }

    @Test
    void aClosedConnectionLeavesAShortGrace() {
        liveness.heard(1, 7, 100, START);
        liveness.closed(1, 100, START + 10 * MS);
        assertThat(liveness.expired(START + 39 * MS)).isEmpty();
        assertThat(liveness.expired(START + 40 * MS)).hasSize(1);
        liveness.heard(1, 7, 101, START + 39 * MS);
        assertThat(liveness.expired(START + 40 * MS)).isEmpty();
    }

    @Test
    void theEndOfAnOlderConnectionMeansNothing() {
        liveness.heard(1, 7, 100, START);
        liveness.heard(1, 7, 101, START + MS);
        liveness.closed(1, 100, START + 2 * MS);
        assertThat(liveness.expired(START + 200 * MS)).isEmpty();
    }

    @Test
    void anOlderIncarnationIsNotHeard() {
        liveness.heard(1, 8, 101, START);
        liveness.heard(1, 7, 100, START + 200 * MS);
        assertThat(liveness.expired(START + 300 * MS)).containsExactly(new Liveness.Expired(1, 8));
    }

    @Test
    void anIdIsInUseWhileItsConnectionLives() {
        liveness.heard(1, 7, 100, START);
        assertThat(liveness.connectedElsewhere(1, 101, START)).isTrue();
        assertThat(liveness.connectedElsewhere(1, 100, START)).isFalse();
        liveness.closed(1, 100, START);
        assertThat(liveness.connectedElsewhere(1, 101, START)).isFalse();
    }

    @Test
    void aNewLeaderGivesAGraceToThoseItDoesNotHear() {
        liveness.heard(1, 7, 100, START);
        liveness.startLeading(Map.of(1, 7L, 2, 9L), START + 200 * MS);
        assertThat(liveness.expired(START + 300 * MS)).containsExactly(new Liveness.Expired(2, 9));
        assertThat(liveness.expired(START + 499 * MS)).hasSize(1);
    }

    @Test
    void aNewLeaderWaitsNoLongerForABrokerThatLeftItWhileAnotherLed() {
        liveness.heard(1, 7, 100, START);
        liveness.heard(2, 9, 200, START);
        liveness.closed(1, 100, START + 100 * MS);
        liveness.closed(2, 200, START + 100 * MS);
        liveness.heard(2, 9, 201, START + 110 * MS); // it came back, so that it lives
        long elected = START + 2_000 * MS;
        liveness.startLeading(Map.of(1, 7L, 2, 9L), elected);
        assertThat(liveness.expired(elected)).containsExactly(new Liveness.Expired(1, 7));
    }

    @Test
    void aNewLeaderLetsTheGraceOfAConnectionThatJustClosedPass() {
        liveness.heard(1, 7, 100, START);
        liveness.closed(1, 100, START + 10 * MS);
        liveness.startLeading(Map.of(1, 7L), START + 11 * MS);
        assertThat(liveness.expired(START + 11 * MS)).isEmpty();
    }

    @Test
    void aStallOfTheControllerExtendsEverySession() {
        liveness.heard(1, 7, 100, START);
        liveness.extendAll(1_000 * MS);
        assertThat(liveness.expired(START + 1_299 * MS)).isEmpty();
        liveness.forget(1, 7);
        assertThat(liveness.expired(START + 9_000 * MS)).isEmpty();
    }
}
