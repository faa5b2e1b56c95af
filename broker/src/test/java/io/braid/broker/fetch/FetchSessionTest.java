package io.braid.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class FetchSessionTest {
    private final ArrayDeque<Runnable> eventLoop = new ArrayDeque<>();
    private final FetchSession session = new FetchSession(1, eventLoop::add);

    @Test
    void roundLooksAtWhatWasAskedAndThenOnlyAtWhatWasSignalled() {
        FetchPartition a = session.ask(key(0));
        FetchPartition b = session.ask(key(1));

        assertThat(session.takeReady()).containsExactly(a, b);
        assertThat(session.takeReady()).isEmpty();
        b.onData(10);
        b.onData(10);

        assertThat(session.takeReady()).containsExactly(b);
    }

    @Test
    void forgottenPartitionIsNotLookedAtThoughItWasSignalled() {
        FetchPartition a = session.ask(key(0));
        a.onData(10);

        session.forget(key(0));

        assertThat(session.takeReady()).isEmpty();
    }

    @Test
    void waitEndsWhenEnoughBytesAreThereAndNotBefore() {
        AtomicInteger woken = new AtomicInteger();
        FetchPartition a = session.ask(key(0));
        session.takeReady();
        session.await(100, woken::incrementAndGet);

        a.onData(60);
        runEventLoop();
        assertThat(woken).hasValue(0);
        a.onData(60);
        runEventLoop();
        assertThat(woken).hasValue(1);
        a.onData(600);
        runEventLoop();
        assertThat(woken).hasValue(1);
    }

    @Test
    void dataThatCameBetweenTheLookAndTheWaitEndsItAtOnce() {
        AtomicInteger woken = new AtomicInteger();
        FetchPartition a = session.ask(key(0));
        session.takeReady();
        a.onData(5);

        session.await(1, woken::incrementAndGet);

        assertThat(woken).hasValue(1);
    }

    @Test
    void changeOfLeadershipEndsAnyWait() {
        AtomicInteger woken = new AtomicInteger();
        FetchPartition a = session.ask(key(0));
        session.takeReady();
        session.await(1 << 20, woken::incrementAndGet);

        a.onChange();
        runEventLoop();

        assertThat(woken).hasValue(1);
    }

    private void runEventLoop() {
        Runnable next;
        while ((next = eventLoop.poll()) != null) {
            next.run();
        }
    }

    private static FetchKey key(int partition) {
        return new FetchKey(new Uuid(1, 1), "", partition);
    }
}
