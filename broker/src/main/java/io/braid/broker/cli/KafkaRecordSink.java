package io.braid.broker.cli;

import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import io.braid.client.producer.SendCallback;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;

/** By Kafka's client library, for settings that only it has. */
final class KafkaRecordSink implements RecordSink {
    private final Producer<byte[], byte[]> producer;

    KafkaRecordSink(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> record, SendCallback callback) {
        Integer partition = record.partition().isPresent() ? record.partition().getAsInt() : null;
        Future<?> unused = producer.send(
                new org.apache.kafka.clients.producer.ProducerRecord<>(
                        record.topic(), partition, record.key(), record.value()),
                (metadata, error) -> callback.onCompletion(error == null ? of(metadata) : null, error));
    }

    /** Without acknowledgements (acks=0) there is no offset. */
    private static RecordMetadata of(org.apache.kafka.clients.producer.RecordMetadata metadata) {
        long offset = metadata.hasOffset() ? metadata.offset() : RecordMetadata.UNKNOWN_OFFSET;
        return new RecordMetadata(metadata.topic(), metadata.partition(), offset, metadata.timestamp());
    }

    @Override
    public void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
