package io.braid.perf.chaos.load;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The consumer of kafka-clients. */
final class KafkaReader implements RecordReader {
    private static final Duration COMMIT = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final boolean leaves;
    private final KafkaConsumer<byte[], byte[]> consumer;

    KafkaReader(Map<String, Object> settings, boolean leaves) {
        this.leaves = leaves;
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    @Override
    public void subscribe(String topic, Assignments assignments) {
        consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                assignments.onAssigned(partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                assignments.onRevoked(partitions);
            }
        });
    }

    @Override
    public Map<Integer, List<Read>> poll(Duration timeout) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(timeout);
        } catch (OffsetOutOfRangeException e) { // LogTruncationException is one
            throw new PositionLostException(e);
        }
        Map<Integer, List<Read>> read = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            read.put(
                    partition.partition(),
                    records.records(partition).stream()
                            .map(record -> new Read(record.offset(), record.value()))
                            .toList());
        }
        return read;
    }

    @Override
    public void commit(Map<TopicPartition, Long> nextOffsets) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        nextOffsets.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        consumer.commitSync(offsets, COMMIT);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    @Override
    public void close() {
        CloseOptions options = CloseOptions.timeout(CLOSE);
        consumer.close(
                leaves
                        ? options
                        : options.withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
    }
}
