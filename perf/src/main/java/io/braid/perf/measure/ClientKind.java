package io.braid.perf.measure;

import java.util.Locale;

/** Which client library makes a load. */
public enum ClientKind {
    /** kafka-clients, the Java library of Apache Kafka. */
    KAFKA,
    /** Braid's own: io.braid.client. */
    BRAID;

    /** As on the command line and in result lines. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A producer that begins to connect.
     *
     * @throws IllegalArgumentException for settings that the library does not have
     */
    public LoadProducer producer(ProducerSettings settings) {
        return this == KAFKA ? new KafkaLoadProducer(settings) : new BraidLoadProducer(settings);
    }

    /**
     * A consumer that begins to connect.
     *
     * @throws IllegalArgumentException for settings that the library does not have
     */
    public LoadConsumer consumer(ConsumerSettings settings) {
        if (this == BRAID) {
            throw new IllegalArgumentException("consumers are of kafka-clients for now");
        }
        return new KafkaLoadConsumer(settings);
    }
}
