package io.braid.perf.load;

import io.braid.perf.measure.LoadConsumer;
import io.braid.perf.measure.LoadConsumer.RecordVisitor;
import io.braid.perf.measure.RecordValues;
import io.braid.perf.measure.SequenceCheck;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Reads with one consumer and checks sequences. Owned by the thread that reads; the counts may be asked by any. */
final class Reading {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long QUIET_NS = Duration.ofSeconds(30).toNanos();

    private final LoadConsumer consumer;
    private final SequenceCheck check;
    private final RecordVisitor visitor;
    private final AtomicLong received = new AtomicLong();
    private long others;

    /** @param also gets each record of the load after it was checked */
    Reading(LoadConsumer consumer, SequenceCheck check, RecordVisitor also) {
        this.consumer = consumer;
        this.check = check;
        this.visitor = (topic, partition, offset, value) -> {
            if (RecordValues.is(value)) {
                check.onRecord(topic, partition, RecordValues.sequence(value));
                also.onRecord(topic, partition, offset, value);
            } else {
                others++;
            }
        };
    }

    /**
     * Polls until so many records of the load are read, or none came for half a minute, or the thread was interrupted.
     *
     * @return how many were read
     */
    long readUntil(long records) {
        long quietSinceNs = System.nanoTime();
        while (check.received() < records
                && System.nanoTime() - quietSinceNs < QUIET_NS
                && !Thread.currentThread().isInterrupted()) {
            if (consumer.poll(POLL, visitor) > 0) {
                quietSinceNs = System.nanoTime();
                received.setOpaque(check.received());
            }
        }
        return check.received();
    }

    /** Polls until something came that is not of the load, which settling wrote, or half a minute is over. */
    void readOthers() {
        long sinceNs = System.nanoTime();
        while (others == 0 && System.nanoTime() - sinceNs < QUIET_NS) {
            consumer.poll(POLL, visitor);
        }
    }

    /** Records of the load that were read. */
    long received() {
        return received.getOpaque();
    }
}
