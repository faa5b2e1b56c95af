package io.braid.log;

import java.io.IOException;

/** There is no space for an append. Nothing of it was written; it may be retried when space has returned. */
public final class LogFullException extends IOException {
    private static final long serialVersionUID = 1L;

    public LogFullException(String message) {
        super(message);
    }
}
