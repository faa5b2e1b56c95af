package io.braid.perf.measure;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;

/**
 * Waits until new partitions take records, by writing one of one byte, without idempotence, to each of them, or to ten thousand of the
 * last topic, evenly, where there are very many: brokers learn of topics in order.
 *
 * <p>Apache Kafka names a leader before it takes writes (KAFKA-15591), and a producer with idempotence that begins in that moment may
 * lose its first batch and then fail for ever with an unexpected sequence. Loads must not begin there. Stateless; blocks.
 */
public final class Settling {
    private static final int MOST = 10_000;
    private static final int MANY_IN_A_TOPIC = 100_000;
    private static final byte[] BYTE = new byte[1];

    private Settling() {}

    /**
     * Returns when they take records.
     *
     * @return seconds that it took
     * @throws KafkaException the first error that a producer gave
     */
    public static double settle(String bootstrap, LoadTopics topics) {
        long startedNs = System.nanoTime();
        AtomicReference<Exception> failed = new AtomicReference<>();
        try (LoadProducer producer = producer(bootstrap, topics)) {
            int last = topics.topics() - 1;
            boolean all = topics.partitions() <= MOST;
            int from = all ? 0 : last * topics.perTopic();
            int stride = Math.max(1, (topics.partitions() - from) / MOST);
            for (int i = from; i < topics.partitions(); i += stride) {
                producer.send(topics.topicOf(i), topics.partitionOf(i), BYTE, (offset, failure) -> {
                    if (failure != null) {
                        failed.compareAndSet(null, failure);
                    }
                });
            }
            producer.flush();
        }
        if (failed.get() != null) {
            throw new KafkaException("new partitions take no records", failed.get());
        }
        return (System.nanoTime() - startedNs) / 1e9;
    }

    /** kafka-clients hold some hundred bytes for each partition of a topic; that of Braid is for brokers that can have so many. */
    private static LoadProducer producer(String bootstrap, LoadTopics topics) {
        ProducerSettings settings = ProducerSettings.of(bootstrap);
        if (topics.perTopic() >= MANY_IN_A_TOPIC) {
            return ClientKind.BRAID.producer(settings);
        }
        return ClientKind.KAFKA.producer(
                settings.withKafkaSettings(Map.of("enable.idempotence", "false", "linger.ms", "0", "batch.size", "512")));
    }
}
