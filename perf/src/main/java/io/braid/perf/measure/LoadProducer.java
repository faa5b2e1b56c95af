package io.braid.perf.measure;

import io.braid.client.producer.Producer;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A producer of either library, reduced to what loads need; see {@link ClientKind#producer}. Records have no key. Thread-safe as far as
 * the libraries are: any thread may send.
 */
public interface LoadProducer extends AutoCloseable {
    /** One of kafka-clients that was made elsewhere, and is closed with this. */
    static LoadProducer of(KafkaProducer<byte[], byte[]> producer) {
        return new KafkaLoadProducer(producer);
    }

    /** One of Braid's that was made elsewhere, and is closed with this. */
    static LoadProducer of(Producer<byte[], byte[]> producer) {
        return new BraidLoadProducer(producer);
    }

    /** Leaves the choice of the partition to the library: sticky in both. */
    int ANY_PARTITION = -1;

    /**
     * Sends a record; waits for memory, and for a topic that is not known yet, as long as the settings say.
     *
     * @param partition or {@link #ANY_PARTITION}
     * @param value is read before this returns, and may be used again then
     * @param completion hears what came of it, once; an object of this type goes to the library as it is, so that one without state may
     *     serve all sends and costs nothing
     */
    void send(String topic, int partition, byte[] value, Completion completion);

    /** Returns when the outcome of everything that was sent is known. */
    void flush();

    /** How many partitions a topic has; learns the topic if need be, so that later sends do not wait for that. */
    int partitionCount(String topic);

    /** Memory that records hold now, in bytes. */
    long bufferedBytes();

    /** What the library says of itself so far, for result lines: {@code batchBytesMean} where it tells. */
    Map<String, Double> figures();

    /**
     * Ends it. What is not acknowledged in time fails.
     *
     * @param limit zero gives up what is on its way
     */
    void close(Duration limit);

    @Override
    default void close() {
        close(Duration.ofSeconds(30));
    }

    /** Hears how a send ended, on a thread of the library: must be quick. It is a callback of both libraries. */
    @FunctionalInterface
    interface Completion extends Callback, io.braid.client.producer.SendCallback {
        /**
         * Called once for each record.
         *
         * @param offset or -1 when it failed, or is not known
         * @param failure null when it is acknowledged
         */
        void done(long offset, Exception failure);

        @Override
        default void onCompletion(RecordMetadata metadata, Exception failure) {
            done(failure == null && metadata.hasOffset() ? metadata.offset() : -1, failure);
        }

        @Override
        default void onCompletion(io.braid.client.producer.RecordMetadata metadata, Exception failure) {
            done(failure == null ? metadata.offset() : -1, failure);
        }
    }
}
