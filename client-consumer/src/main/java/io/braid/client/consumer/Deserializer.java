package io.braid.client.consumer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;

/** Makes objects of the bytes of keys or values. It must be thread-safe when records are handled in parallel. */
@FunctionalInterface
public interface Deserializer<T> {
    /**
     * The object.
     *
     * @param data from position to limit: a view of what was received, which is used again after the call, so what is to be
     *     kept must be copied. Never null: a key or value that is null is given to nobody, and is null in its record
     * @throws RuntimeException when the bytes are not what is expected; see {@link Consumer#poll} for what follows
     */
    T deserialize(String topic, ByteBuffer data);

    /** UTF-8. */
    static Deserializer<String> string() {
        return (topic, data) -> new String(Bytes.copy(data), StandardCharsets.UTF_8);
    }

    static Deserializer<byte[]> bytes() {
        return (topic, data) -> Bytes.copy(data);
    }

    /** For bytes that nobody looks at: what it makes is always null, and costs nothing. */
    static Deserializer<Void> none() {
        return (topic, data) -> null;
    }

    /** From a function of a copy of the bytes: {@code kafkaDeserializer::deserialize} fits. */
    static <T> Deserializer<T> ofBytes(BiFunction<String, byte[], T> function) {
        return (topic, data) -> function.apply(topic, Bytes.copy(data));
    }
}
