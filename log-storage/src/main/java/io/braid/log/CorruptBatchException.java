package io.braid.log;

import java.io.IOException;

/** Bytes on disk are not the batch that the index says is there. They are not served; reading again does not help. */
public final class CorruptBatchException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptBatchException(String message) {
        super(message);
    }
}
