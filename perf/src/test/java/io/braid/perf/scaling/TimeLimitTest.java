package io.braid.perf.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.perf.scaling.TimeLimit.StepFailed;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TimeLimitTest {

    @Test
    void aStepGivesWhatItMade() throws Exception {
        try (TimeLimit limit = new TimeLimit(10, () -> false)) {
            assertThat(limit.within("adding", () -> 1 + 1)).isEqualTo(2);
        }
    }

    @Test
    void whatAStepThrowsIsSaidWithoutItsWrappers() {
        try (TimeLimit limit = new TimeLimit(10, () -> false)) {
            assertThatThrownBy(() -> limit.within("reading", () -> {
                        throw new ExecutionException(new IOException("no answer"));
                    }))
                    .isInstanceOf(StepFailed.class)
                    .hasMessage("java.io.IOException: no answer");
        }
    }

    @Test
    void aStepThatTakesTooLongIsInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (TimeLimit limit = new TimeLimit(0, () -> false)) {
            assertThatThrownBy(() -> limit.within("waiting", () -> waitFor(interrupted)))
                    .isInstanceOf(StepFailed.class)
                    .hasMessageContaining("longer than the limit");
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aStepEndsWhenANodeDied() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (TimeLimit limit = new TimeLimit(600, () -> true)) {
            assertThatThrownBy(() -> limit.within("waiting", () -> waitFor(interrupted)))
                    .isInstanceOf(StepFailed.class)
                    .hasMessage("the node ended meanwhile");
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Void waitFor(CountDownLatch interrupted) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return null;
    }
}
