package io.braid.perf.routing;

import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.perf.measure.FixedSchedule;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Records at a fixed rate to the partitions of a topic in turn, and how long each took from when it was due until it was
 * acknowledged. One thread sends; the producer's thread completes.
 */
final class SteadyLoad implements Runnable, Latencies {
    private static final long NANOS_PER_MS = 1_000_000;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final int partitions;
    private final FixedSchedule schedule;
    private final byte[] value;
    private final long startMs;
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean stopped;
    private long[] latencyNs = new long[1 << 16]; // of each record, by its number; 0 until it is acknowledged
    private int sent;

    /** Begins when it is run. */
    SteadyLoad(Producer<byte[], byte[]> producer, String topic, int partitions, int recordsPerSecond, int size) {
        this.producer = producer;
        this.topic = topic;
        this.partitions = partitions;
        this.schedule = new FixedSchedule(System.nanoTime(), recordsPerSecond);
        this.startMs = System.currentTimeMillis();
        this.value = new byte[size];
    }

    @Override
    public void run() {
        for (int number = 0; !stopped; number++) {
            long dueNs = schedule.await(number);
            int index = number;
            grow(number);
            producer.send(new ProducerRecord<>(topic, number % partitions, null, value), (metadata, failure) -> {
                if (failure == null) {
                    acknowledged(index, System.nanoTime() - dueNs);
                } else {
                    failed.incrementAndGet();
                }
            });
        }
    }

    private synchronized void grow(int number) {
        if (number == latencyNs.length) {
            latencyNs = Arrays.copyOf(latencyNs, 2 * number);
        }
        sent = number + 1;
    }

    private synchronized void acknowledged(int index, long tookNs) {
        latencyNs[index] = tookNs;
    }

    /** Sends no more. */
    void stop() {
        stopped = true;
    }

    @Override
    public int failed() {
        return failed.get();
    }

    @Override
    public synchronized double[] ascendingMs() {
        return Arrays.stream(latencyNs, 0, sent)
                .filter(ns -> ns > 0)
                .mapToDouble(ns -> (double) ns / NANOS_PER_MS)
                .sorted()
                .toArray();
    }

    @Override
    public synchronized double longestMs(int partition, long fromMs, long toMs) {
        long longest = 0;
        for (int number = partition; number < sent; number += partitions) {
            long dueMs = startMs + (schedule.dueNs(number) - schedule.startNs()) / NANOS_PER_MS;
            if (dueMs >= fromMs && dueMs < toMs) {
                longest = Math.max(longest, latencyNs[number]);
            }
        }
        return (double) longest / NANOS_PER_MS;
    }
}
