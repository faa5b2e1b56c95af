package io.braid.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckingQueueTest {
    private final ArrayDeque<Runnable> pool = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final CheckingQueue queue = new CheckingQueue(Runnable::run, pool::add);

    @Test
    void requestsGoOnInTheOrderOfTheirArrival() {
        submit("first");
        submit("second");

        assertThat(queue.idle()).isFalse();
        assertThat(pool).hasSize(1);
        runPool();

        assertThat(done).containsExactly("first", "second");
        assertThat(queue.idle()).isTrue();
    }

    @Test
    void failedCheckDoesNotHoldUpTheNext() {
        queue.check(
                () -> {
                    throw new IllegalStateException("broken");
                },
                () -> done.add("never"),
                e -> done.add("failed"));
        submit("second");
        runPool();

        assertThat(done).containsExactly("failed", "second");
    }

    private void submit(String name) {
        queue.check(() -> {}, () -> done.add(name), e -> done.add(name + " failed"));
    }

    private void runPool() {
        Runnable next;
        while ((next = pool.poll()) != null) {
            next.run();
        }
    }
}
