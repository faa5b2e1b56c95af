package io.braid.client.producer;

import io.braid.client.RecordHeader;
import io.braid.client.routing.TopicRoute;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The accumulator between the threads that send and the event loop: one lock around it, held for as long as a record is copied
 * or a request put together, and a condition for who waits for memory. Thread-safe.
 */
final class SharedAccumulator {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Accumulator accumulator;

    SharedAccumulator(Accumulator accumulator) {
        this.accumulator = accumulator;
    }

    // ---- threads that send

    /** A record that is to be written. Never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Append(
            TopicState topic,
            int partition,
            long timestamp,
            byte[] key,
            byte[] value,
            List<RecordHeader> headers,
            Object listener) {}

    TopicState newTopic(TopicRoute route) {
        lock.lock();
        try {
            return accumulator.newTopic(route);
        } finally {
            lock.unlock();
        }
    }

    int sticky(TopicState topic, int recordBytes, int batchBytes) {
        lock.lock();
        try {
            return topic.sticky(recordBytes, batchBytes, TopicState.random());
        } finally {
            lock.unlock();
        }
    }

    Accumulator.Appended append(
            TopicState topic,
            int partition,
            long timestamp,
            byte[] key,
            byte[] value,
            List<RecordHeader> headers,
            Object listener) {
        lock.lock();
        try {
            return accumulator.append(topic, partition, timestamp, key, value, headers, listener, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #append}, but waits for memory, at most {@code maxWaitNs}.
     *
     * @param wake called while there is no memory, so that something is done about it; must not block
     * @throws InterruptedException when the thread is interrupted: nothing was written
     */
    Accumulator.Appended append(Append record, long maxWaitNs, Runnable wake) throws InterruptedException {
        long leftNs = maxWaitNs;
        lock.lockInterruptibly();
        try {
            accumulator.waiting(1);
            try {
                while (true) {
                    Accumulator.Appended appended = accumulator.append(
                            record.topic(),
                            record.partition(),
                            record.timestamp(),
                            record.key(),
                            record.value(),
                            record.headers(),
                            record.listener(),
                            System.nanoTime());
                    if (appended != Accumulator.Appended.NO_MEMORY) {
                        return Accumulator.Appended.SEND;
                    }
                    wake.run();
                    if (leftNs <= 0) {
                        return appended;
                    }
                    leftNs = changed.awaitNanos(leftNs);
                }
            } finally {
                accumulator.waiting(-1);
            }
        } finally {
            lock.unlock();
        }
    }

    long flush() {
        lock.lock();
        try {
            return accumulator.flush();
        } finally {
            lock.unlock();
        }
    }

    boolean flushed(long id) {
        lock.lock();
        try {
            return accumulator.flushed(id);
        } finally {
            lock.unlock();
        }
    }

    long usedBytes() {
        lock.lock();
        try {
            return accumulator.usedBytes();
        } finally {
            lock.unlock();
        }
    }

    int activePartitions() {
        lock.lock();
        try {
            return accumulator.activePartitions();
        } finally {
            lock.unlock();
        }
    }

    // ---- the event loop

    /** What is to be done. */
    record Look(boolean needsIdentity, boolean homeless, List<Lane> lanes) {}

    Look look(long nowNs) {
        lock.lock();
        try {
            accumulator.wakeDelayed(nowNs);
            accumulator.expire(nowNs);
            boolean needsIdentity = accumulator.identity().equals(ProducerIdentity.NONE) && accumulator.hasUnfinished();
            List<Lane> lanes = accumulator.lanes();
            lanes.removeIf(lane -> lane.broker == Lane.NO_BROKER || !lane.hasWork());
            changed.signalAll();
            return new Look(needsIdentity, accumulator.hasHomeless(), lanes);
        } finally {
            lock.unlock();
        }
    }

    List<Batch> drain(Lane lane, long nowNs) {
        lock.lock();
        try {
            return accumulator.drain(lane, nowNs);
        } finally {
            lock.unlock();
        }
    }

    long nextInNs(long nowNs) {
        lock.lock();
        try {
            return accumulator.nextInNs(nowNs);
        } finally {
            lock.unlock();
        }
    }

    /** Changes the accumulator; whoever waits for memory looks again. */
    void change(Consumer<Accumulator> change) {
        lock.lock();
        try {
            change.accept(accumulator);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<Finished> takeFinished() {
        lock.lock();
        try {
            return accumulator.takeFinished();
        } finally {
            lock.unlock();
        }
    }
}
