package io.braid.client.producer;

/** Hears how a send ended, once, on the client's event loop: must not block. */
@FunctionalInterface
public interface SendCallback {
    /**
     * Exactly one of the two is null. Records of one partition that were acknowledged are told of in their order.
     *
     * @param failure as the future of {@link Producer#send(ProducerRecord)} would have it
     */
    void onCompletion(RecordMetadata metadata, Exception failure);
}
