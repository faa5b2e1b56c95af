package io.braid.client.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that hand records to a {@link RecordHandler}. A partition is in the hands of one thread at a time, for a turn: until
 * its chunk is read, or some time is over, so that a thread goes from partition to partition. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of timers
final class HandlerPool<K, V> {
    private static final Logger log = LoggerFactory.getLogger(HandlerPool.class);
    private static final long TURN_NS = 50_000_000;
    private static final long LOOK_AGAIN_NS = 1_000_000_000;

    private final SharedFetcher shared;
    private final ConsumerConfig config;
    private final Deserializer<K> keys;
    private final Deserializer<V> values;
    private final RecordHandler<K, V> handler;
    private final HandlerOptions options;
    private final Function<ConsumerRecords<K, V>, ConsumerRecords<K, V>> interceptor;
    private final AppTasks tasks;
    private final ScheduledExecutorService timer;
    private final ConsumerMetrics metrics;
    private final Runnable wake;
    private final Runnable onGivenBack;
    private final Supplier<RuntimeException> failures;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    /** How a record went. */
    private enum Outcome {
        HANDLED,
        AGAIN,
        STOPPED
    }

    /**
     * What the pool shares with its consumer.
     *
     * @param failures gives each failure that nobody was told of once, then null
     */
    record Surroundings(
            SharedFetcher shared,
            ConsumerConfig config,
            AppTasks tasks,
            ScheduledExecutorService timer,
            ConsumerMetrics metrics,
            Runnable wake,
            Runnable onGivenBack,
            Supplier<RuntimeException> failures) {}

    HandlerPool(
            Surroundings of,
            Deserializer<K> keys,
            Deserializer<V> values,
            RecordHandler<K, V> handler,
            HandlerOptions options,
            Function<ConsumerRecords<K, V>, ConsumerRecords<K, V>> interceptor) {
        this.shared = of.shared();
        this.config = of.config();
        this.tasks = of.tasks();
        this.timer = of.timer();
        this.metrics = of.metrics();
        this.wake = of.wake();
        this.onGivenBack = of.onGivenBack();
        this.failures = of.failures();
        this.keys = keys;
        this.values = values;
        this.handler = handler;
        this.options = options;
        this.interceptor = interceptor;
    }

    HandlerOptions options() {
        return options;
    }

    void start() {
        for (int i = 0; i < options.parallelism(); i++) {
            Thread thread =
                    new Thread(this::run, "braid-consumer-" + config.client().clientId() + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    boolean contains(Thread thread) {
        return threads.contains(thread);
    }

    private void run() {
        while (!stopping) {
            try {
                long seen = shared.signals();
                tasks.run();
                Chunk chunk = shared.take();
                if (chunk != null) {
                    turn(chunk);
                } else {
                    tellFailures();
                    shared.await(seen, LOOK_AGAIN_NS);
                }
            } catch (InterruptedException e) {
                log.trace("interrupted", e); // by the end of the pool, or by a handler that was not its thread's owner
            } catch (RuntimeException e) { // of a rebalance listener, or of the handler's own reporting
                log.error("a callback failed", e);
            } catch (Error e) { // the other partitions are to be read on
                log.error("a handler's thread met an error", e);
                LockSupport.parkNanos(LOOK_AGAIN_NS);
            }
        }
    }

    private void tellFailures() {
        RuntimeException failure = failures.get();
        if (failure != null) {
            log.error("reading stopped or is delayed cause={}", failure.toString());
            handler.onError(failure);
        }
    }

    // ---- one turn

    @SuppressWarnings("unchecked") // what failed came from this pool
    private void turn(Chunk chunk) {
        long endNs = System.nanoTime() + TURN_NS;
        long next = AssignedPartition.NO_OFFSET;
        int handled = 0;
        boolean done = false;
        boolean givenBack = false;
        try {
            if (chunk.reader == null) {
                chunk.reader = new RecordReader(chunk, config.checkCrc(), config.readCommitted());
            }
            while (!done && mayGoOn(chunk, endNs)) {
                ConsumerRecord<K, V> record = (ConsumerRecord<K, V>) chunk.failed;
                if (record == null) {
                    done = !chunk.reader.next();
                    record = done ? null : chunk.reader.record(keys, values);
                }
                Outcome outcome = done ? Outcome.HANDLED : give(record, chunk);
                if (outcome != Outcome.HANDLED) {
                    givenBack = true;
                    stopAt(chunk, record, next, outcome);
                    return;
                }
                next = done ? chunk.nextOffset : record.offset() + 1;
                handled += done ? 0 : 1;
            }
            givenBack = true;
            giveBack(chunk, next, done);
        } catch (UnreadableRecordException e) {
            givenBack = true;
            shared.unreadable(chunk, e);
            wake.run();
        } finally {
            if (!givenBack) { // an Error
                shared.readAgain(chunk, next);
                wake.run();
            }
            metrics.onRecords(handled);
            onGivenBack.run();
        }
    }

    private boolean mayGoOn(Chunk chunk, long endNs) {
        return !stopping && chunk.partition.holds == 0 && System.nanoTime() - endNs < 0;
    }

    private void giveBack(Chunk chunk, long next, boolean done) {
        if (shared.finish(chunk, next, done, false).mayFetch()) {
            wake.run();
        }
    }

    private Outcome give(ConsumerRecord<K, V> record, Chunk chunk) {
        try {
            for (ConsumerRecord<K, V> one : interceptor.apply(ConsumerRecords.of(List.of(List.of(record))))) {
                handler.handle(one);
            }
        } catch (Exception e) {
            return onFailure(record, chunk, e);
        } catch (AssertionError | LinkageError | StackOverflowError e) { // of this record, not of the machine
            return onFailure(record, chunk, new ExecutionException("the handler ended with an error", e));
        }
        chunk.failed = null;
        chunk.attempts = 0;
        return Outcome.HANDLED;
    }

    private Outcome onFailure(ConsumerRecord<K, V> record, Chunk chunk, Exception failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        metrics.onHandlerFailure();
        chunk.attempts++;
        RecordHandler.Failure what = handler.onFailure(record, failure, chunk.attempts);
        log.warn(
                "handler failed partition={} offset={} attempt={} then={}",
                record.topicPartition(),
                record.offset(),
                chunk.attempts,
                what,
                failure);
        return switch (what) {
            case SKIP -> {
                chunk.failed = null;
                chunk.attempts = 0;
                yield Outcome.HANDLED;
            }
            case RETRY -> {
                chunk.failed = record;
                yield Outcome.AGAIN;
            }
            case STOP -> Outcome.STOPPED;
        };
    }

    private void stopAt(Chunk chunk, ConsumerRecord<K, V> record, long next, Outcome outcome) {
        AssignedPartition partition = chunk.partition;
        if (outcome == Outcome.STOPPED) {
            giveBack(chunk, Math.max(next, record.offset()), true);
            KafkaException reason = new KafkaException(
                    "the handler stopped partition " + partition.name + " at offset " + record.offset());
            shared.change(fetcher -> fetcher.stop(chunk, reason, System.nanoTime()));
            shared.signal();
            wake.run(); // memory came free
            return;
        }
        shared.change(fetcher -> fetcher.hold(partition, AssignedPartition.HELD_BY_RETRY, true, System.nanoTime()));
        giveBack(chunk, next, false);
        Duration max = options.retryBackoffMax();
        double pauseNs = options.retryBackoff().toNanos() * Math.pow(2, Math.min(40, chunk.attempts - 1));
        try {
            timer.schedule(
                    () -> {
                        shared.change(fetcher ->
                                fetcher.hold(partition, AssignedPartition.HELD_BY_RETRY, false, System.nanoTime()));
                        shared.signal();
                    },
                    (long) Math.min((double) max.toNanos(), pauseNs),
                    TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    /** Ends after the records in hand, which are interrupted when that takes longer. Returns whether it did not. */
    boolean stop(long limitNs) throws InterruptedException {
        stopping = true;
        shared.signal();
        long endNs = System.nanoTime() + limitNs;
        boolean inTime = true;
        for (Thread thread : threads) {
            if (!thread.equals(Thread.currentThread())) {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, endNs - System.nanoTime()));
                inTime &= !thread.isAlive();
            }
        }
        if (!inTime) {
            threads.forEach(Thread::interrupt);
        }
        return inTime;
    }
}
