package io.braid.client.producer;

import io.braid.client.RecordHeader;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is sent. Immutable, as far as key, value and headers are.
 *
 * @param partition where it goes; empty leaves that to the producer's {@link Partitioner}
 * @param timestampMs milliseconds since the epoch; empty takes the time of the send
 * @param key may be null
 * @param value may be null, which deletes the key in a compacted topic
 */
public record ProducerRecord<K, V>(
        String topic, OptionalInt partition, OptionalLong timestampMs, K key, V value, List<RecordHeader> headers) {
    public ProducerRecord {
        Objects.requireNonNull(topic, "topic");
        headers = List.copyOf(headers);
        if (partition.isPresent() && partition.getAsInt() < 0) {
            throw new IllegalArgumentException("partition must not be negative: " + partition.getAsInt());
        }
        if (timestampMs.isPresent() && timestampMs.getAsLong() < 0) {
            throw new IllegalArgumentException("timestamp must not be negative: " + timestampMs.getAsLong());
        }
    }

    public ProducerRecord(String topic, K key, V value) {
        this(topic, OptionalInt.empty(), OptionalLong.empty(), key, value, List.of());
    }

    public ProducerRecord(String topic, int partition, K key, V value) {
        this(topic, OptionalInt.of(partition), OptionalLong.empty(), key, value, List.of());
    }
}
