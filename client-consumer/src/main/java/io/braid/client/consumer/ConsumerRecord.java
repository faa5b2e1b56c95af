package io.braid.client.consumer;

import io.braid.client.RecordHeader;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * A record of a partition. Immutable, and independent of the consumer that read it.
 *
 * @param leaderEpoch of the leader that took the record, or -1 where it is not known
 * @param timestampMs milliseconds since the epoch, or -1
 * @param key null when it has none
 * @param value null for a tombstone
 */
public record ConsumerRecord<K, V>(
        TopicPartition topicPartition,
        long offset,
        int leaderEpoch,
        long timestampMs,
        TimestampType timestampType,
        K key,
        V value,
        List<RecordHeader> headers) {
    public ConsumerRecord {
        Objects.requireNonNull(topicPartition, "topicPartition");
    }

    public String topic() {
        return topicPartition.topic();
    }

    public int partition() {
        return topicPartition.partition();
    }
}
