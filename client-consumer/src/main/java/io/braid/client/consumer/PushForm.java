package io.braid.client.consumer;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The form of a consumer that hands records to a handler; what polls do in the other form is done from time to time, on the
 * event loop. Thread-safe, but it is started and ended once.
 */
final class PushForm<K, V> {
    private static final long TEND_NS = 1_000_000_000;

    private final ConsumerParts parts;
    private final HandlerPool<K, V> pool;
    private volatile ScheduledFuture<?> tending; // null when nothing is to be done from time to time

    PushForm(
            ConsumerParts parts,
            Deserializer<K> keys,
            Deserializer<V> values,
            Interceptors<K, V> interceptors,
            RecordHandler<K, V> handler,
            HandlerOptions options) {
        this.parts = parts;
        this.pool = new HandlerPool<>(surroundings(parts), keys, values, handler, options, interceptors::onConsume);
    }

    private static HandlerPool.Surroundings surroundings(ConsumerParts parts) {
        return new HandlerPool.Surroundings(
                parts.shared,
                parts.config,
                parts.tasks,
                parts.cluster.eventLoop(),
                parts.metrics,
                parts::wakeLoop,
                parts.rebalances::checkIdle,
                parts::takeFailure);
    }

    void start() {
        pool.start();
        if (parts.member.isPresent()) {
            long everyNs = Math.min(parts.config.autoCommitInterval().toNanos(), TEND_NS);
            tending = parts.cluster
                    .eventLoop()
                    .scheduleWithFixedDelay(this::tend, everyNs, everyNs, TimeUnit.NANOSECONDS);
        }
    }

    private void tend() {
        if (parts.closed()) {
            return;
        }
        parts.alive(System.nanoTime());
        if (parts.rebalances.failure() != null) {
            parts.shared.signal();
        }
    }

    /** Whether it is one of the handlers' threads. */
    boolean contains(Thread thread) {
        return pool.contains(thread);
    }

    /** Ends the handlers, as {@link HandlerPool#stop}. */
    boolean stop(long limitNs) throws InterruptedException {
        return pool.stop(limitNs);
    }

    /** Nothing is done from time to time any more. */
    void end() {
        if (tending != null) {
            tending.cancel(false);
        }
    }
}
