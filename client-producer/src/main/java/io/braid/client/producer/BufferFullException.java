package io.braid.client.producer;

import org.apache.kafka.common.errors.RetriableException;

/** The producer's memory is full, and stayed so as long as a send may wait. Nothing was sent: trying again is safe. */
public final class BufferFullException extends RetriableException {
    private static final long serialVersionUID = 1L;

    public BufferFullException(String message) {
        super(message);
    }
}
