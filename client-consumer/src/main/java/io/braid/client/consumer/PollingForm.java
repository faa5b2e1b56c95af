package io.braid.client.consumer;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The form of a consumer that is asked for records: one thread at a time, which meanwhile does what is the application's to do.
 * Thread-safe.
 */
final class PollingForm<K, V> {
    private final ConsumerParts parts;
    private final Puller<K, V> puller;
    private final Interceptors<K, V> interceptors;
    private final AtomicReference<Thread> polling = new AtomicReference<>(); // null when no thread polls
    private volatile boolean wokenUp;

    PollingForm(ConsumerParts parts, Puller<K, V> puller, Interceptors<K, V> interceptors) {
        this.parts = parts;
        this.puller = puller;
        this.interceptors = interceptors;
    }

    /** Takes the place of the thread that polls; whoever has it keeps others from polling. False when another one has it. */
    boolean claim() {
        return polling.compareAndSet(null, Thread.currentThread());
    }

    /** See {@link Consumer#poll}. */
    ConsumerRecords<K, V> poll(long timeoutNs) {
        if (!claim()) {
            throw new IllegalStateException("another thread polls, or poll was called within poll");
        }
        try {
            return doPoll(timeoutNs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } finally {
            polling.set(null);
        }
    }

    private ConsumerRecords<K, V> doPoll(long timeoutNs) throws InterruptedException {
        long startNs = System.nanoTime();
        parts.alive(startNs);
        while (true) {
            long seen = parts.shared.signals();
            parts.rebalances.checkIdle();
            parts.tasks.run();
            ConsumerRecords<K, V> records = puller.collect();
            if (!records.isEmpty()) {
                parts.metrics.onRecords(records.count());
                return interceptors.onConsume(records);
            }
            parts.throwFailure();
            long leftNs = timeoutNs - (System.nanoTime() - startNs);
            if (leftNs <= 0 || wokenUp) {
                wokenUp = false;
                return records;
            }
            parts.shared.await(seen, leftNs);
            parts.checkOpen();
        }
    }

    /** See {@link Consumer#wakeup}. */
    void wakeup() {
        wokenUp = true;
        parts.shared.signal();
    }
}
