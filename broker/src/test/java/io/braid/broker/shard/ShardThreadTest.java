package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is not to get lost gets to a shard's thread whose inbox is full, whoever it comes from. */
class ShardThreadTest {
    private final ShardThread thread = new ShardThread("test", System::currentTimeMillis);
    private final AtomicInteger ran = new AtomicInteger();
    private final CountDownLatch all = new CountDownLatch(2);

    /** Returns how many messages there was room for. */
    private int fill() {
        int count = 0;
        while (thread.submit(nowMs -> ran.incrementAndGet())) {
            count++;
        }
        return count;
    }

    @Test
    void alsoWhenItIsTheThreadItself() throws Exception {
        int[] filled = new int[1];
        thread.submit(nowMs -> {
            filled[0] = fill();
            thread.submitSurely(later -> all.countDown());
        });
        thread.start();
        try {
            thread.submitSurely(nowMs -> all.countDown());

            assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(filled[0]).as("messages until the inbox was full").isPositive();
        } finally {
            thread.stop();
        }
    }
}
