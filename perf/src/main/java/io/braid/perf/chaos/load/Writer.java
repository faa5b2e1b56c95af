package io.braid.perf.chaos.load;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.history.Outcome;
import io.braid.perf.chaos.history.Value;
import io.braid.perf.measure.LoadProducer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.errors.RetriableException;

/** One producer on a thread of its own: records at an even rate, each to a random partition. */
final class Writer implements Runnable {
    /** So many fatal answers in a row, and the producer is given up. */
    private static final int GIVE_UP_AFTER = 50;

    private final LoadPlan plan;
    private final HistoryFile history;
    private final int number;
    private final Random random;
    private final LoadProducer producer;
    private final long intervalNs;
    private volatile boolean stopping;
    private volatile int fatal;

    /** @param number never used before in this history */
    Writer(LoadPlan plan, HistoryFile history, int number, LoadProducer producer, long seed) {
        this.plan = plan;
        this.history = history;
        this.number = number;
        this.random = new Random(seed);
        this.intervalNs = 1_000_000_000L * plan.writers() / plan.recordsPerSecond();
        this.producer = producer;
    }

    /** Asks the thread to stop sending; callable from any thread. */
    void stop() {
        stopping = true;
    }

    /** Whether the producer cannot send any more, so that another one should take its place. */
    boolean brokenForGood() {
        return fatal >= GIVE_UP_AFTER;
    }

    /**
     * Waits for what is on its way, or with a timeout of zero gives it up; call when the thread has ended. Every send has
     * its line in the history after this.
     */
    void close(Duration timeout) {
        producer.close(timeout);
    }

    @Override
    public void run() {
        long dueNs = System.nanoTime();
        for (int sequence = 0; !stopping; sequence++) {
            send(Value.of(number, sequence));
            dueNs = Math.max(dueNs + intervalNs, System.nanoTime() - 100 * intervalNs);
            LockSupport.parkNanos(dueNs - System.nanoTime());
        }
    }

    private void send(long value) {
        int partition = random.nextInt(plan.partitions());
        int size = random.nextInt(50) == 0 ? plan.recordBytes() * 20 : 1 + random.nextInt(2 * plan.recordBytes());
        long sentMs = history.nowMs();
        InSend inSend = new InSend();
        try {
            producer.send(
                    plan.topic(),
                    partition,
                    Payload.of(value, size),
                    (offset, error) -> complete(value, partition, sentMs, offset, error, inSend));
        } catch (RuntimeException e) {
            record(value, partition, sentMs, Outcome.FAIL, -1, e);
        }
        inSend.returned = true;
    }

    /** Whether send() is still running: an error that comes before its end means that the record was never queued. */
    private static final class InSend {
        private final Thread thread = Thread.currentThread();
        private volatile boolean returned;

        boolean running() {
            return !returned && Thread.currentThread() == thread;
        }
    }

    private void complete(
            long value, int partition, long sentMs, long offset, Exception error, InSend inSend) {
        if (error == null) {
            fatal = 0;
            record(value, partition, sentMs, Outcome.OK, offset, null);
        } else {
            record(value, partition, sentMs, inSend.running() ? Outcome.FAIL : Outcome.INFO, -1, error);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // an estimate: either thread may lose a count
    private void record(long value, int partition, long sentMs, Outcome outcome, long offset, Exception error) {
        if (error != null && !(error instanceof RetriableException)) {
            fatal++;
        }
        history.add(new Op.Send(
                history.nowMs(),
                sentMs,
                "w" + number,
                partition,
                value,
                outcome,
                offset,
                error == null ? "" : Errors.text(error)));
    }
}
