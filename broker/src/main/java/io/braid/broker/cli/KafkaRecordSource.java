package io.braid.broker.cli;

import io.braid.client.RecordHeader;
import io.braid.client.consumer.ConsumerRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** By Kafka's client library, for settings that only it has. */
final class KafkaRecordSource implements RecordSource {
    private static final int NO_EPOCH = -1;

    private final Consumer<byte[], byte[]> consumer;

    KafkaRecordSource(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    @Override
    public OptionalInt partitionCount(String topic) {
        try {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic);
            return partitions == null || partitions.isEmpty() ? OptionalInt.empty() : OptionalInt.of(partitions.size());
        } catch (UnknownTopicOrPartitionException e) {
            return OptionalInt.empty();
        }
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    @Override
    public Iterable<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        consumer.poll(timeout).forEach(record -> records.add(of(record)));
        return records;
    }

    private static ConsumerRecord<byte[], byte[]> of(
            org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]> record) {
        List<RecordHeader> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new RecordHeader(header.key(), header.value())));
        return new ConsumerRecord<>(
                new TopicPartition(record.topic(), record.partition()),
                record.offset(),
                record.leaderEpoch().orElse(NO_EPOCH),
                record.timestamp(),
                record.timestampType(),
                record.key(),
                record.value(),
                headers);
    }

    @Override
    public long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
