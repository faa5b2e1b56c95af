package io.braid.log;

import java.io.IOException;

/** Whether a log is open, has failed, or is closed; it never opens again. Owned by the shard thread. */
final class LogLifecycle {
    private final LogHome home;
    private boolean closed;
    private IOException failure;

    LogLifecycle(LogHome home) {
        this.home = home;
    }

    /** Neither failed nor closed. */
    boolean isOpen() {
        return !closed && failure == null;
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** @throws IOException the log failed before, or is closed */
    void checkOpen() throws IOException {
        if (failure != null) {
            throw new IOException("the log of shard " + home.shard() + " failed: " + failure.getMessage(), failure);
        }
        if (closed) {
            throw new IOException("the log of shard " + home.shard() + " is closed");
        }
    }

    /** Makes the log unusable and tells the directory; the exception is for the caller to throw. */
    IOException fail(Throwable cause) {
        failure = cause instanceof IOException io
                ? io
                : new IOException("the log of shard " + home.shard() + " failed", cause);
        home.directory().onFailed(failure);
        return failure;
    }

    /** False when it was closed before. */
    boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }
}
