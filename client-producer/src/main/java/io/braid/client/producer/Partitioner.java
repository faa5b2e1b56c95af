package io.braid.client.producer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Chooses the partition of records that name none. Called by the threads that send: must be thread-safe, and quick. */
@FunctionalInterface
public interface Partitioner {
    /** Leaves the choice to the producer: one partition for as long as a batch fills, then another at random (KIP-480). */
    int STICKY = -1;

    /**
     * The partition, from 0 to below {@code partitionCount}, or {@link #STICKY}.
     *
     * @param key the serialized key, null for none; not to be changed
     */
    int partition(String topic, byte[] key, int partitionCount);

    /**
     * Kafka's default: by a murmur2 hash of the key, so that a key is where Kafka's own producers put it; sticky for records
     * without a key.
     */
    static Partitioner byKey() {
        return (topic, key, count) -> key == null ? STICKY : (Murmur2.hash(key) & Integer.MAX_VALUE) % count;
    }

    /** One partition after the other, whatever the key; for each topic of its own. */
    static Partitioner roundRobin() {
        Map<String, AtomicInteger> next = new ConcurrentHashMap<>();
        return (topic, key, count) -> Math.floorMod(
                next.computeIfAbsent(topic, t -> new AtomicInteger()).getAndIncrement(), count);
    }
}
