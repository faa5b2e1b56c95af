package io.braid.client.producer;

/** Sees every record before it is sent and after it was acknowledged. Thread-safe; exceptions are logged and ignored. */
public interface ProducerInterceptor<K, V> {
    /** The record to send in its place; on the thread that sends, before serialization. */
    default ProducerRecord<K, V> onSend(ProducerRecord<K, V> record) {
        return record;
    }

    /** As {@link SendCallback#onCompletion}, before the record's own callback or future. */
    default void onAcknowledgement(ProducerRecord<K, V> record, RecordMetadata metadata, Exception failure) {}
}
