package io.braid.perf.groups;

import io.braid.perf.measure.LatencyRecorder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One group that commits: the offsets of its partitions, one commit after the other, each awaited. It has assigned its
 * partitions itself, so that what is measured is commits and nothing else. Owned by its thread.
 */
final class Committer implements Callable<Long> {
    /**
     * When it is to happen; all in the time of {@link System#nanoTime}.
     *
     * @param countFromNs commits that begin before warm up
     * @param intervalNs between the beginnings of commits; 0 for one after the other
     */
    record Times(long countFromNs, long endNs, long intervalNs) {}

    private final Properties client;
    private final String topic;
    private final int partitions;
    private final Times times;
    private final LatencyRecorder took;

    /**
     * A group.
     *
     * @param client with the group's id
     * @param took hears how long each commit that counts took
     */
    Committer(Properties client, String topic, int partitions, Times times, LatencyRecorder took) {
        this.client = client;
        this.topic = topic;
        this.partitions = partitions;
        this.times = times;
        this.took = took;
    }

    /** @return how many commits failed */
    @Override
    public Long call() {
        long failed = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (int partition = 0; partition < partitions; partition++) {
                offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(0));
            }
            consumer.assign(offsets.keySet());
            long nextNs = System.nanoTime();
            for (long offset = 1; System.nanoTime() - times.endNs() < 0; offset++) {
                OffsetAndMetadata now = new OffsetAndMetadata(offset);
                offsets.replaceAll((partition, before) -> now);
                // With a rate the wait behind a slow commit counts for the commits that it held up.
                long sinceNs = times.intervalNs() > 0 ? await(nextNs) : System.nanoTime();
                nextNs += times.intervalNs();
                try {
                    consumer.commitSync(offsets, Duration.ofSeconds(30));
                } catch (RuntimeException e) {
                    failed++;
                    continue;
                }
                if (sinceNs - times.countFromNs() >= 0) {
                    took.record(System.nanoTime() - sinceNs);
                }
            }
        }
        return failed;
    }

    private static long await(long atNs) {
        for (long left = atNs - System.nanoTime(); left > 0; left = atNs - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(10)));
        }
        return atNs;
    }
}
