package io.braid.perf.measure;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** kafka-clients. */
final class KafkaLoadConsumer implements LoadConsumer {
    private final KafkaConsumer<byte[], byte[]> consumer;

    KafkaLoadConsumer(ConsumerSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", settings.bootstrap());
        config.put("client.id", settings.clientId());
        config.put("enable.auto.commit", false);
        config.put("auto.offset.reset", "earliest");
        config.putAll(settings.kafkaSettings());
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
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
