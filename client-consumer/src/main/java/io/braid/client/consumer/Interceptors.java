package io.braid.client.consumer;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks interceptors in turn; one that fails is passed over. Thread-safe as they are. */
final class Interceptors<K, V> {
    private static final Logger log = LoggerFactory.getLogger(Interceptors.class);

    private final List<ConsumerInterceptor<K, V>> all;

    Interceptors(List<ConsumerInterceptor<K, V>> all) {
        this.all = List.copyOf(all);
    }

    ConsumerRecords<K, V> onConsume(ConsumerRecords<K, V> given) {
        ConsumerRecords<K, V> records = given;
        for (ConsumerInterceptor<K, V> interceptor : all) {
            try {
                records = interceptor.onConsume(records);
            } catch (RuntimeException e) {
                log.warn("interceptor failed", e);
            }
        }
        return records;
    }

    void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (ConsumerInterceptor<K, V> interceptor : all) {
            try {
                interceptor.onCommit(offsets);
            } catch (RuntimeException e) {
                log.warn("interceptor failed", e);
            }
        }
    }
}
