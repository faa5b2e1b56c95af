package io.braid.perf.measure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** kafka-clients. */
final class KafkaLoadProducer implements LoadProducer {
    private final KafkaProducer<byte[], byte[]> producer;

    KafkaLoadProducer(KafkaProducer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    static KafkaLoadProducer of(ProducerSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", settings.bootstrap());
        config.put("client.id", settings.clientId());
        config.put("batch.size", settings.batchBytes());
        config.put("linger.ms", settings.lingerMs());
        config.put("compression.type", settings.compression());
        config.put("buffer.memory", settings.bufferBytes());
        config.put("acks", settings.acks());
        config.put("delivery.timeout.ms", Math.toIntExact(settings.deliveryTimeout().toMillis()));
        config.put("max.block.ms", settings.maxBlock().toMillis());
        config.putAll(settings.kafkaSettings());
        return new KafkaLoadProducer(
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets the same
    public void send(String topic, int partition, byte[] value, Completion completion) {
        Integer named = partition == ANY_PARTITION ? null : (Integer) partition;
        producer.send(new ProducerRecord<>(topic, named, null, value), completion);
    }

    @Override
    public void flush() {
        producer.flush();
    }

    @Override
    public int partitionCount(String topic) {
        return producer.partitionsFor(topic).size();
    }

    @Override
    public long bufferedBytes() {
        return (long) (metric("buffer-total-bytes") - metric("buffer-available-bytes"));
    }

    @Override
    public Map<String, Double> figures() {
        return Map.of("batchBytesMean", metric("batch-size-avg"));
    }

    private double metric(String name) {
        for (Metric metric : producer.metrics().values()) {
            if (metric.metricName().name().equals(name)
                    && metric.metricName().group().equals("producer-metrics")) {
                return ((Number) metric.metricValue()).doubleValue();
            }
        }
        return Double.NaN;
    }

    @Override
    public void close(Duration limit) {
        producer.close(limit);
    }
}
