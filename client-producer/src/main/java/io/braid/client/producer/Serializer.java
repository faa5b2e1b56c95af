package io.braid.client.producer;

import java.nio.charset.StandardCharsets;

/**
 * Turns keys or values into bytes. Called by the threads that send: must be thread-safe. Kafka's serializers fit by a method
 * reference: {@code kafkaSerializer::serialize}.
 */
@FunctionalInterface
public interface Serializer<T> {
    /**
     * The bytes, or null for a null. The array is read before {@code send} returns, and may be used again then.
     *
     * @throws RuntimeException when it cannot be done: the send fails with it as the cause, and nothing is sent
     */
    byte[] serialize(String topic, T data);

    /** Bytes as they are. */
    static Serializer<byte[]> bytes() {
        return (topic, data) -> data;
    }

    /** UTF-8. */
    static Serializer<String> string() {
        return (topic, data) -> data == null ? null : data.getBytes(StandardCharsets.UTF_8);
    }
}
