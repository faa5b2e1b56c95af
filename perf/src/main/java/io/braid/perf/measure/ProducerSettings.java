package io.braid.perf.measure;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * How a producer is to be, in the terms of both libraries. Immutable.
 *
 * @param clientId in the header of requests
 * @param batchBytes largest batch
 * @param lingerMs how long a batch may wait to become fuller. Braid's producer waits only while another request is on its way, as is
 *     its default; zero is no waiting in both
 * @param compression none, gzip, snappy, lz4 or zstd
 * @param bufferBytes memory for records that are not acknowledged yet
 * @param acks all, 1 or 0; Braid's producer knows all only
 * @param deliveryTimeout from a send to its failure
 * @param maxBlock how long a send may wait for memory or a topic
 * @param kafkaSettings of kafka-clients, over all others; Braid's producer takes none
 */
public record ProducerSettings(
        String bootstrap,
        String clientId,
        int batchBytes,
        int lingerMs,
        String compression,
        long bufferBytes,
        String acks,
        Duration deliveryTimeout,
        Duration maxBlock,
        Map<String, String> kafkaSettings) {

    public ProducerSettings {
        Objects.requireNonNull(bootstrap, "bootstrap");
        kafkaSettings = Map.copyOf(kafkaSettings);
    }

    /** 128 KB batches, linger 5 ms, 64 MiB, acks=all, five minutes for whatever may take long. */
    public static ProducerSettings of(String bootstrap) {
        return new ProducerSettings(
                bootstrap,
                "braid-perf",
                128 << 10,
                5,
                "none",
                64L << 20,
                "all",
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Map.of());
    }

    /** The same with other settings for kafka-clients. */
    public ProducerSettings withKafkaSettings(Map<String, String> settings) {
        return new ProducerSettings(
                bootstrap,
                clientId,
                batchBytes,
                lingerMs,
                compression,
                bufferBytes,
                acks,
                deliveryTimeout,
                maxBlock,
                settings);
    }
}
