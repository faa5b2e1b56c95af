package io.braid.perf.measure;

import io.braid.client.producer.CompressionCodec;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerBuilder;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.Serializer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Braid's own producer. */
final class BraidLoadProducer implements LoadProducer {
    private static final int DEFAULT_MAX_REQUEST_BYTES = 1 << 20;

    private final Producer<byte[], byte[]> producer;

    BraidLoadProducer(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** @throws IllegalArgumentException for settings that it does not know */
    static BraidLoadProducer of(ProducerSettings settings) {
        if (!settings.acks().equals("all") && !settings.acks().equals("-1")) {
            throw new IllegalArgumentException("Braid's producer knows acks=all only");
        }
        if (!settings.kafkaSettings().isEmpty()) {
            throw new IllegalArgumentException("Braid's producer takes no settings of kafka-clients");
        }
        ProducerBuilder<byte[], byte[]> builder = Producer.builder(
                        settings.bootstrap(), Serializer.bytes(), Serializer.bytes())
                .client(client -> client.clientId(settings.clientId()))
                .batchBytes(settings.batchBytes())
                .maxRequestBytes(Math.max(DEFAULT_MAX_REQUEST_BYTES, settings.batchBytes()))
                .bufferBytes(settings.bufferBytes())
                .compression(CompressionCodec.valueOf(settings.compression().toUpperCase(Locale.ROOT)))
                .deliveryTimeout(settings.deliveryTimeout())
                .maxBlock(settings.maxBlock());
        Duration linger = Duration.ofMillis(settings.lingerMs());
        return new BraidLoadProducer(
                (linger.isZero() ? builder.linger(linger) : builder.adaptiveLinger(linger)).build());
    }

    @Override
    public void send(String topic, int partition, byte[] value, Completion completion) {
        ProducerRecord<byte[], byte[]> record = partition == ANY_PARTITION
                ? new ProducerRecord<>(topic, null, value)
                : new ProducerRecord<>(topic, partition, null, value);
        producer.send(record, completion);
    }

    @Override
    public void flush() {
        producer.flush();
    }

    @Override
    public int partitionCount(String topic) {
        return producer.partitionCount(topic);
    }

    @Override
    public long bufferedBytes() {
        return producer.bufferedBytes();
    }

    @Override
    public Map<String, Double> figures() {
        return Map.of();
    }

    @Override
    public void close(Duration limit) {
        producer.close(limit);
    }
}
