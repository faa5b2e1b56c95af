package io.braid.perf.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AckGapsTest {
    private static final long MS = 1_000_000;

    private final AckGaps gaps = new AckGaps(2);

    @Test
    void aGapThatBeganBeforeTheKillCountsFromItsBeginning() {
        gaps.onAck(0, 10 * MS);
        gaps.countFrom(15 * MS);
        gaps.onAck(0, 40 * MS);
        gaps.onAck(0, 41 * MS);
        assertThat(gaps.longestMs(42 * MS)[0]).isEqualTo(30);
    }

    @Test
    void gapsThatEndedBeforeDoNotCount() {
        gaps.onAck(0, 0);
        gaps.onAck(0, 900 * MS);
        gaps.countFrom(901 * MS);
        gaps.onAck(0, 903 * MS);
        assertThat(gaps.longestMs(904 * MS)[0]).isEqualTo(3);
    }

    @Test
    void silenceUntilTheEndIsAGap() {
        gaps.onAck(1, 5 * MS);
        gaps.countFrom(6 * MS);
        assertThat(gaps.longestMs(1005 * MS)).containsExactly(0, 1000);
    }

    @Test
    void timesBelowZeroAreTimesToo() {
        gaps.onAck(0, -20 * MS);
        gaps.countFrom(-15 * MS);
        gaps.onAck(0, 5 * MS);
        assertThat(gaps.longestMs(5 * MS)[0]).isEqualTo(25);
    }

    @Test
    void acknowledgementsAreCounted() {
        gaps.onAck(0, 1);
        gaps.onAck(1, 2);
        assertThat(gaps.acknowledged()).isEqualTo(2);
    }
}
