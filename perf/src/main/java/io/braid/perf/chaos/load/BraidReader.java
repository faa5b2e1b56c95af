package io.braid.perf.chaos.load;

import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerRecord;
import io.braid.client.consumer.ConsumerRecords;
import io.braid.client.consumer.PartitionSet;
import io.braid.client.consumer.RebalanceListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/** Braid's own consumer, by polls. */
final class BraidReader implements RecordReader {
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;

    BraidReader(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
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
        consumer.subscribe(List.of(topic), new RebalanceListener() {
            @Override
            public void onAssigned(PartitionSet added) {
                assignments.onAssigned(added.toTopicPartitions());
            }

            @Override
            public void onRevoked(PartitionSet revoked) {
                assignments.onRevoked(revoked.toTopicPartitions());
            }

            @Override
            public void onLost(PartitionSet lost) {
                assignments.onRevoked(lost.toTopicPartitions());
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
        for (ConsumerRecord<byte[], byte[]> record : records) {
            read.computeIfAbsent(record.partition(), p -> new ArrayList<>())
                    .add(new Read(record.offset(), record.value()));
        }
        return read;
    }

    @Override
    public void commit(Map<TopicPartition, Long> nextOffsets) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        nextOffsets.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        consumer.commit(offsets);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    @Override
    public void close() {
        consumer.close(CLOSE);
    }
}
