package io.braid.perf.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.history.Outcome;
import org.junit.jupiter.api.Test;

class PhaseLatenciesTest {
    private final PhaseLatencies latencies = new PhaseLatencies();
    private int sent;

    private void send(long sentMs, int tookMs) {
        latencies.onSend(new Op.Send(sentMs + tookMs, sentMs, "w1", 0, sent++, Outcome.OK, sent, ""));
    }

    private void begin(String phase, long atMs) {
        latencies.onNote(new Op.Note(atMs, Op.Note.Kind.FAULT, "grow", phase));
    }

    @Test
    void aSendCountsToThePhaseThatItWasSentIn() {
        send(1, 500);
        begin("before", 100);
        for (int ms = 1; ms <= 100; ms++) {
            send(100 + ms, ms);
        }
        begin("during", 300);
        send(299, 900);
        send(300, 7);

        assertThat(latencies.quantileMs("before", 0.5)).isEqualTo(51);
        assertThat(latencies.quantileMs("before", 0.99)).isEqualTo(100);
        assertThat(latencies.quantileMs("before", 1)).isEqualTo(900);
        assertThat(latencies.quantileMs("during", 0.99)).isEqualTo(7);
        assertThat(latencies.quantileMs("after", 0.99)).isZero();
    }
}
