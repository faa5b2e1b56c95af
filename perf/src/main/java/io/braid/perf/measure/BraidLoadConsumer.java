package io.braid.perf.measure;

import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerRecord;
import io.braid.client.consumer.ConsumerRecords;
import io.braid.client.consumer.Deserializer;
import io.braid.client.consumer.OffsetReset;
import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/** Braid's own consumer. */
final class BraidLoadConsumer implements LoadConsumer {
    private final Consumer<byte[], byte[]> consumer;

    /** @throws IllegalArgumentException for settings that it does not know */
    BraidLoadConsumer(ConsumerSettings settings) {
        if (!settings.kafkaSettings().isEmpty()) {
            throw new IllegalArgumentException("Braid's consumer takes no settings of kafka-clients");
        }
        consumer = Consumer.builder(settings.bootstrap(), Deserializer.bytes(), Deserializer.bytes())
                .client(client -> client.clientId(settings.clientId()))
                .offsetReset(OffsetReset.earliest())
                .build();
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    @Override
    public int poll(Duration timeout, RecordVisitor visitor) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            visitor.onRecord(record.topic(), record.partition(), record.offset(), record.value());
        }
        return records.count();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
