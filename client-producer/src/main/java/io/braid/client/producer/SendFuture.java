package io.braid.client.producer;

import java.util.concurrent.CompletableFuture;

/** What {@link Producer#send(ProducerRecord)} gives out. Completed on the event loop. */
final class SendFuture extends CompletableFuture<RecordMetadata> implements SendCallback {
    @Override
    public void onCompletion(RecordMetadata metadata, Exception failure) {
        if (failure == null) {
            complete(metadata);
        } else {
            completeExceptionally(failure);
        }
    }
}
