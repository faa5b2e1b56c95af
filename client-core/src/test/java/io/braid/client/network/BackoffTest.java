package io.braid.client.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void pausesDoubleUpToTheirLimitAndBeginAgain() {
        Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(35), () -> 0.5);

        assertThat(backoff.nextNs()).isEqualTo(10_000_000);
        assertThat(backoff.nextNs()).isEqualTo(20_000_000);
        assertThat(backoff.nextNs()).isEqualTo(35_000_000);
        assertThat(backoff.nextNs()).isEqualTo(35_000_000);
        backoff.reset();
        assertThat(backoff.nextNs()).isEqualTo(10_000_000);
    }

    @Test
    void pausesAreSpreadByAFifth() {
        assertThat(new Backoff(Duration.ofMillis(10), Duration.ofMillis(10), () -> 0.0).nextNs())
                .isEqualTo(8_000_000);
        assertThat(new Backoff(Duration.ofMillis(10), Duration.ofMillis(10), () -> 0.999999).nextNs())
                .isBetween(11_900_000L, 12_000_000L);
    }
}
