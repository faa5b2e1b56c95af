package io.braid.client.network;

import java.util.concurrent.CompletionException;

/** What futures wrap failures in, taken off. Stateless. */
public final class Failures {
    private Failures() {}

    /** The failure itself. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
