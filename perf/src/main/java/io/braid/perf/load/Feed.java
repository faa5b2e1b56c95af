package io.braid.perf.load;

import io.braid.perf.measure.FixedSchedule;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.RecordValues;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/** Sends records, numbered from 0, as fast as it goes or when they are due. Owned by the thread that sends; {@link #sent} by any. */
final class Feed {
    /** At full speed the time of one record in so many is taken: taking each would be a good part of the work. */
    static final int SAMPLED = 16;

    private final LoadProducer producer;
    private final LoadTopics topics;
    private final String[] names;
    private final IntSupplier choice;
    private final RecordValues values;
    private final Failures failures;
    private final AtomicLong sent = new AtomicLong();

    /** Records of one topic go where the library puts them, those of several in turn. */
    static Feed even(LoadProducer producer, LoadTopics topics, int size, Failures failures) {
        int[] turn = {0};
        IntSupplier choice = topics.topics() == 1
                ? () -> LoadProducer.ANY_PARTITION
                : () -> turn[0] = (turn[0] + 1) % topics.partitions();
        return new Feed(producer, topics, size, choice, failures);
    }

    /** @param choice a partition by its number among all, or {@link LoadProducer#ANY_PARTITION} of the first topic */
    Feed(LoadProducer producer, LoadTopics topics, int size, IntSupplier choice, Failures failures) {
        this.producer = producer;
        this.topics = topics;
        this.choice = choice;
        this.values = new RecordValues(size);
        this.failures = failures;
        this.names = new String[topics.topics()];
        for (int i = 0; i < names.length; i++) {
            names[i] = topics.topic(i);
        }
    }

    /** Lets the producer learn all topics, so that the first records do not wait for that. */
    void learnTopics() {
        for (String name : names) {
            producer.partitionCount(name);
        }
    }

    long sent() {
        return sent.getOpaque();
    }

    /** Sends so long as fast as the producer takes records, and times one of {@link #SAMPLED} from its send. */
    void fullSpeed(long durationNs, Times times) {
        long endNs = System.nanoTime() + durationNs;
        while (true) {
            long nowNs = System.nanoTime();
            if (nowNs - endNs >= 0) {
                return;
            }
            send(nowNs, timed(nowNs, times));
            for (int i = 1; i < SAMPLED; i++) {
                send(nowNs, failures);
            }
        }
    }

    /** Sends so many records as fast as the producer takes them. */
    void send(long records) {
        for (long i = 0; i < records; i++) {
            send(0, failures);
        }
    }

    /**
     * Sends records of a schedule, each when it is due.
     *
     * @param from number of the first
     */
    void onSchedule(FixedSchedule schedule, long from, long records, Times times) {
        for (long number = from; number < from + records; number++) {
            long dueNs = schedule.await(number);
            times.late().record(System.nanoTime() - dueNs);
            send(dueNs, timed(dueNs, times));
        }
    }

    private LoadProducer.Completion timed(long sinceNs, Times times) {
        return (offset, failure) -> {
            if (failure == null) {
                times.acknowledged().record(System.nanoTime() - sinceNs);
            } else {
                failures.done(offset, failure);
            }
        };
    }

    private void send(long timeNs, LoadProducer.Completion completion) {
        long number = sent.getPlain();
        byte[] value = values.next(number, timeNs);
        int index = choice.getAsInt();
        if (index == LoadProducer.ANY_PARTITION) {
            producer.send(names[0], LoadProducer.ANY_PARTITION, value, completion);
        } else {
            producer.send(names[index / topics.perTopic()], topics.partitionOf(index), value, completion);
        }
        sent.setOpaque(number + 1);
    }
}
