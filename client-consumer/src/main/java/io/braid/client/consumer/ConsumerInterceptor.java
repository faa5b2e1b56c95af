package io.braid.client.consumer;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Sees what is read and what is committed. Thread-safe; exceptions are logged and ignored. */
public interface ConsumerInterceptor<K, V> {
    /**
     * The records to give in place of these; on the thread that polls, or the one that calls the handler. What is left out
     * counts as read.
     */
    default ConsumerRecords<K, V> onConsume(ConsumerRecords<K, V> records) {
        return records;
    }

    /** These offsets were committed; on the client's thread, must not block. */
    default void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}
}
