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
     * The library of a name.
     *
     * @throws IllegalArgumentException there is none
     */
    public static ClientKind parse(String name) {
        for (ClientKind kind : values()) {
            if (kind.text().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("a client is kafka or braid, not '" + name + "'");
    }

    /**
     * A producer that begins to connect.
     *
     * @throws IllegalArgumentException for settings that the library does not have
     */
    public LoadProducer producer(ProducerSettings settings) {
        return this == KAFKA ? KafkaLoadProducer.of(settings) : BraidLoadProducer.of(settings);
    }

    /**
     * A consumer that begins to connect.
     *
     * @throws IllegalArgumentException for settings that the library does not have
     */
    public LoadConsumer consumer(ConsumerSettings settings) {
        return this == KAFKA ? new KafkaLoadConsumer(settings) : new BraidLoadConsumer(settings);
    }
}
